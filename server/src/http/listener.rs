//! Connections as they come in: only so many at a time, each with small packets sent at once.
//!
//! A client that comes when all places are taken waits in the system's queue. A place is given back when the connection ends, websockets included.
//!
//! A connection that ends here while the other side is still sending lingers: the system would answer bytes nobody reads with a reset, and a
//! reset throws away the last words on their way to the other side: why it ended.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep, timeout};

/// A connection that has not said anything after this long is given up: it would keep its place from others.
const SILENT: Duration = Duration::from_secs(30);
/// How long a connection that has ended here reads on, and so many bytes at a time.
const LINGER: Duration = Duration::from_secs(2);
const DISCARD: usize = 16 << 10;

/// Takes in so many connections.
#[derive(Debug)]
pub struct BoundedListener {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

impl BoundedListener {
    /// At most `places` connections at a time.
    pub fn new(listener: TcpListener, places: usize) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(places)) }
    }
}

/// A connection that holds a place.
#[derive(Debug)]
pub struct BoundedStream {
    /// There until it is dropped.
    stream: Option<TcpStream>,
    place: Option<OwnedSemaphorePermit>,
    /// Until it has said something: when it is given up.
    silent: Option<Pin<Box<Sleep>>>,
    /// Whether the other side has ended, or the connection broke: nothing more will come.
    ended: bool,
}

impl BoundedStream {
    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for BoundedStream {
    fn drop(&mut self) {
        let (Some(stream), false, Ok(runtime)) = (self.stream.take(), self.ended, Handle::try_current()) else { return };
        let place = self.place.take();
        runtime.spawn(async move {
            // A client that goes on sending after that is cut off.
            let _ = timeout(LINGER, discard(stream)).await;
            drop(place);
        });
    }
}

/// Says that nothing more comes from here, and reads on until the other side has ended too.
async fn discard(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut bytes = vec![0; DISCARD];
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}

impl Listener for BoundedListener {
    type Io = BoundedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // The semaphore is never closed.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // A room sends a change and its `saved` as two small frames: else the second waits for the receiver's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small frames of a connection will be late");
        }
        (BoundedStream { stream: Some(stream), place, silent: Some(Box::pin(sleep(SILENT))), ended: false }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Connected<IncomingStream<'_, BoundedListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, BoundedListener>) -> Self {
        Self(stream.remote_addr().ip())
    }
}

impl AsyncRead for BoundedStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = match self.stream()?.poll_read(context, buffer) {
            Poll::Pending => {
                let Some(silent) = &mut self.silent else { return Poll::Pending };
                ready!(silent.as_mut().poll(context));
                Err(io::ErrorKind::TimedOut.into())
            }
            Poll::Ready(read) => read,
        };
        self.silent = None;
        self.ended = read.is_err() || (buffer.filled().len() == before && buffer.remaining() > 0);
        Poll::Ready(read)
    }
}

impl AsyncWrite for BoundedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(TcpStream::is_write_vectored)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn whoever_comes_too_many_waits_for_a_place() {
        let mut listener = BoundedListener::new(TcpListener::bind(("127.0.0.1", 0)).await.unwrap(), 1);
        let address = listener.local_addr().unwrap();
        let first = TcpStream::connect(address).await.unwrap();
        let (held, _) = listener.accept().await;
        let mut second = TcpStream::connect(address).await.unwrap();
        let mut waiting = Box::pin(listener.accept());
        assert!(futures_util::FutureExt::now_or_never(&mut waiting).is_none());
        drop(first);
        drop(held);
        let (mut taken, _) = waiting.await;
        taken.write_all(b"x").await.unwrap();
        assert_eq!(second.read_u8().await.unwrap(), b'x');
    }
    #[tokio::test]
    async fn whoever_is_still_sending_hears_the_last_word() {
        let mut listener = BoundedListener::new(TcpListener::bind(("127.0.0.1", 0)).await.unwrap(), 1);
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut held, _) = listener.accept().await;
        client.write_all(b"much").await.unwrap();
        held.write_all(b"no more").await.unwrap();
        drop(held);
        client.write_all(&vec![0; 4 << 20]).await.unwrap();
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"no more");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_never_ends_is_cut_off_and_its_place_is_given_back() {
        let mut listener = BoundedListener::new(TcpListener::bind(("127.0.0.1", 0)).await.unwrap(), 1);
        let address = listener.local_addr().unwrap();
        let _silent = TcpStream::connect(address).await.unwrap();
        let (held, _) = listener.accept().await;
        drop(held);
        let _next = TcpStream::connect(address).await.unwrap();
        listener.accept().await;
    }
    #[tokio::test(start_paused = true)]
    async fn whoever_never_says_anything_is_given_up_and_whoever_has_spoken_may_be_silent() {
        let mut listener = BoundedListener::new(TcpListener::bind(("127.0.0.1", 0)).await.unwrap(), 2);
        let address = listener.local_addr().unwrap();
        let _silent = TcpStream::connect(address).await.unwrap();
        let (mut held, _) = listener.accept().await;
        assert_eq!(held.read_u8().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        let mut speaker = TcpStream::connect(address).await.unwrap();
        let (mut held, _) = listener.accept().await;
        speaker.write_all(b"x").await.unwrap();
        assert_eq!(held.read_u8().await.unwrap(), b'x');
        assert!(timeout(2 * SILENT, held.read_u8()).await.is_err());
    }
}
