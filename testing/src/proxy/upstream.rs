//! The server behind the proxy, and the URL that leads through it.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use url::Url;

use super::error::ProxyError;

const PORT: u16 = 5432;

/// Both directions of a connection, whatever it runs on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

#[derive(Clone, Debug)]
pub(super) struct Upstream {
    url: Url,
    host: String,
    port: u16,
}

impl Upstream {
    pub(super) fn parse(text: &str) -> Result<Self, ProxyError> {
        let url = Url::parse(text).map_err(|error| ProxyError::Address {
            reason: error.to_string(),
        })?;
        let parameter = |wanted: &[&str]| {
            url.query_pairs()
                .find(|(name, _)| wanted.contains(&name.as_ref()))
                .map(|(_, value)| value.into_owned())
        };
        let host = match parameter(&["host", "hostaddr"]) {
            Some(host) => host,
            None => {
                let host = url
                    .host_str()
                    .filter(|host| !host.is_empty())
                    .unwrap_or("localhost");
                host.trim_matches(['[', ']'])
                    .replace("%2F", "/")
                    .replace("%2f", "/")
            }
        };
        let port = match parameter(&["port"]) {
            Some(port) => port.parse().map_err(|_| ProxyError::Address {
                reason: format!("{port:?} is not a port"),
            })?,
            None => url.port().unwrap_or(PORT),
        };
        Ok(Self { url, host, port })
    }

    /// The same login, database and parameters, by way of `address`.
    pub(super) fn url_through(&self, address: SocketAddr) -> String {
        let mut url = self.url.clone();
        // These fail only for a URL without a host.
        let _ = url.set_host(Some(&address.ip().to_string()));
        let _ = url.set_port(Some(address.port()));
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| {
                !["host", "hostaddr", "port", "sslmode", "ssl-mode"].contains(&name.as_ref())
            })
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(kept)
            .append_pair("sslmode", "disable");
        url.to_string()
    }

    pub(super) async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        #[cfg(unix)]
        if self.host.starts_with('/') {
            let path = format!("{}/.s.PGSQL.{}", self.host, self.port);
            return Ok(Box::new(tokio::net::UnixStream::connect(path).await?));
        }
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_may_be_a_parameter_or_the_host() {
        for url in [
            "postgres://a@localhost:5433/d?host=/tmp/x",
            "postgres://a@%2Ftmp%2Fx:5433/d",
        ] {
            let upstream = Upstream::parse(url).unwrap();
            assert_eq!(
                (upstream.host.as_str(), upstream.port),
                ("/tmp/x", 5433),
                "{url}"
            );
        }
    }

    #[test]
    fn the_url_leads_through_the_proxy_without_tls() {
        let upstream =
            Upstream::parse("postgres://a:b@db/d?host=/tmp/x&sslmode=require&application_name=t")
                .unwrap();
        let url = upstream.url_through(([127, 0, 0, 1], 7000).into());
        assert_eq!(
            url,
            "postgres://a:b@127.0.0.1:7000/d?application_name=t&sslmode=disable"
        );
    }
}
