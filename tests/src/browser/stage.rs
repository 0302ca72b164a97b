//! A server and the windows that are open on it. Stages take turns: browsers of two tests at once would wait for one another.

use std::net::SocketAddr;

use anyhow::Result;
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::MeetingJson;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::chromium::Look;
use super::program::Kind;
use super::window::Window;
use crate::server::{Setup, TestServer};

static TURN: Semaphore = Semaphore::const_new(1);

/// One test's server and its turn at the browsers.
pub struct Stage {
    /// The server.
    pub server: TestServer,
    _turn: SemaphorePermit<'static>,
}

impl Stage {
    /// Waits for its turn and starts a server.
    ///
    /// # Errors
    /// If the server does not start.
    pub async fn set() -> Result<Self> {
        Self::set_with(Setup::default()).await
    }

    /// The same with a server that is started as `setup` says.
    ///
    /// # Errors
    /// If the server does not start.
    pub async fn set_with(setup: Setup) -> Result<Self> {
        let turn = TURN.acquire().await?;
        Ok(Self { server: TestServer::start_with(setup)?, _turn: turn })
    }

    /// The same with a server in the test's own process.
    ///
    /// # Errors
    /// If the server does not start.
    pub async fn set_here() -> Result<Self> {
        let turn = TURN.acquire().await?;
        Ok(Self { server: TestServer::start_here().await?, _turn: turn })
    }

    /// Stores a meeting.
    ///
    /// # Errors
    /// If the server does not take it.
    pub async fn import(&self, meeting: &MeetingJson) -> Result<Created> {
        self.server.import(meeting).await
    }

    /// A window of a person who has said who they are, on the meeting's page, ready to write.
    ///
    /// # Errors
    /// If the page does not get ready in time.
    pub async fn window(&self, name: &str, meeting: &Created) -> Result<Window> {
        self.window_by(self.server.address(), name, meeting).await
    }

    /// The same in a browser of choice.
    ///
    /// # Errors
    /// As [`Self::window`].
    pub async fn window_in(&self, kind: Kind, name: &str, meeting: &Created) -> Result<Window> {
        Self::enter(Window::open_in(kind, name, Look::DESKTOP).await?, self.server.address(), name, meeting).await
    }

    /// The same, through another address, such as that of a wire.
    ///
    /// # Errors
    /// As [`Self::window`].
    pub async fn window_by(&self, server: SocketAddr, name: &str, meeting: &Created) -> Result<Window> {
        Self::enter(Window::open(name, Look::DESKTOP).await?, server, name, meeting).await
    }

    async fn enter(window: Window, server: SocketAddr, name: &str, meeting: &Created) -> Result<Window> {
        window.go(&format!("http://{server}/m/{}", meeting.meeting)).await?;
        window.listen().await?;
        window.introduce(name, "Havnsted").await?;
        window.wait_ready().await?;
        Ok(window)
    }
}
