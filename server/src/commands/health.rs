//! `lodestar health`.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::Result;
use server::config::Config;

/// Which server.
#[derive(clap::Args)]
pub struct Asked {
    /// Its address, like http://127.0.0.1:3000; the configured one on this machine when left out.
    url: Option<String>,
}

/// Asks a running server whether it is ready.
pub async fn run(config: &Config, asked: Asked) -> Result<()> {
    let url = asked.url.unwrap_or_else(|| format!("http://{}", reachable(config.http.addr)));
    integrations::health::ready(&url).await?;
    println!("Lodestar is ready at {url}");
    Ok(())
}

/// Where a server that listens on `address` is reached from this machine: one that listens on all of
/// its addresses, on the loopback one.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let mut reachable = address;
    match address {
        SocketAddr::V4(address) if address.ip().is_unspecified() => reachable.set_ip(Ipv4Addr::LOCALHOST.into()),
        SocketAddr::V6(address) if address.ip().is_unspecified() => reachable.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    reachable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_loopback() {
        for (listens, is_asked) in [
            ("0.0.0.0:3000", "127.0.0.1:3000"),
            ("[::]:80", "[::1]:80"),
            ("10.0.0.7:80", "10.0.0.7:80"),
            ("127.0.0.1:3000", "127.0.0.1:3000"),
        ] {
            assert_eq!(reachable(listens.parse().unwrap()).to_string(), is_asked);
        }
    }
}
