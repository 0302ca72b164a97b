//! Where people reach this server: the address that links in mails begin with, and the host it answers to. Knows no route.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;

use url::{Host, Url};

use crate::config::Config;

/// The server as people reach it.
#[derive(Debug)]
pub struct Site {
    public: Option<Url>,
    listening: OnceLock<SocketAddr>,
    configured: SocketAddr,
    sends_mail: bool,
}

impl Site {
    /// The site of these settings.
    ///
    /// # Errors
    /// `public_url` cannot be used, and why.
    pub fn new(config: &Config) -> Result<Self, String> {
        let public = config.public_url.as_deref().map(read_public).transpose()?;
        Ok(Self { public, listening: OnceLock::new(), configured: config.listen, sends_mail: config.smtp_url.is_some() })
    }

    /// Says where the server really listens, which port 0 does not.
    pub(crate) fn listens(&self, address: SocketAddr) {
        // A server listens once.
        let _ = self.listening.set(address);
    }

    /// What links begin with, without a slash at the end.
    pub fn base(&self) -> String {
        match &self.public {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listening.get().unwrap_or(&self.configured)),
        }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// The host of `public_url`, with its port if it is not the usual one, in small letters.
    pub fn public_host(&self) -> Option<String> {
        let url = self.public.as_ref()?;
        let host = url.host_str()?.to_ascii_lowercase();
        Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
    }

    /// Whether this host is the public one and is reached by https.
    pub fn is_https(&self, host: &str) -> bool {
        self.public.as_ref().is_some_and(|url| url.scheme() == "https") && self.public_host().as_deref() == Some(host)
    }

    /// Whether only this machine can reach the server.
    pub fn is_loopback(&self) -> bool {
        self.configured.ip().is_loopback() && self.public.as_ref().is_none_or(is_loopback)
    }

    /// Whether mail leaves by a mail server.
    pub fn sends_mail(&self) -> bool {
        self.sends_mail
    }

    /// Whether mails are read on the page of the outbox: nothing sends them, and nobody outside this machine can look.
    pub fn shows_outbox(&self) -> bool {
        self.is_loopback() && !self.sends_mail
    }
}

fn read_public(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{text:?} is no address ({error}); write it as https://dagsorden.example.dk"))?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !plain || url.host().is_none() {
        return Err(format!("{text:?}: give scheme and host alone, as in https://dagsorden.example.dk"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(format!("{text:?}: sign-in needs https; put a server with a certificate in front and give its https address"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(public: Option<&str>) -> Result<Site, String> {
        Site::new(&Config { public_url: public.map(str::to_owned), ..Config::default() })
    }

    #[test]
    fn links_begin_with_the_public_address_or_where_the_server_listens() {
        let local = site(None).unwrap();
        assert_eq!(local.url("/ind"), "http://127.0.0.1:8080/ind");
        local.listens(SocketAddr::from(([127, 0, 0, 1], 4711)));
        assert_eq!((local.base().as_str(), local.is_loopback()), ("http://127.0.0.1:4711", true));
        let public = site(Some("https://Dagsorden.example.dk/")).unwrap();
        assert_eq!(public.url("/m/1"), "https://dagsorden.example.dk/m/1");
        assert!(public.is_https("dagsorden.example.dk") && !public.is_https("127.0.0.1:8080") && !public.is_loopback());
        assert_eq!(site(Some("http://localhost:8080")).unwrap().public_host().as_deref(), Some("localhost:8080"));
    }

    #[test]
    fn an_address_that_would_carry_cookies_in_the_clear_is_refused() {
        for bad in
            ["http://dagsorden.example.dk", "dagsorden.example.dk", "https://a.dk/x", "https://a.dk/?x", "ftp://a.dk", "https://u@a.dk"]
        {
            assert!(site(Some(bad)).is_err(), "{bad}");
        }
    }
}
