//! The network address that a request comes from. What proxies say of it counts only if they are configured.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;
use domain::{Error, Result};
use ipnet::IpNet;
use services::limits::ClientAddress;

/// Proxies whose word counts.
pub type Proxies = Arc<[IpNet]>;

/// Reads addresses and networks with spaces between them, such as `10.0.0.0/8 192.0.2.7`.
///
/// # Errors
/// `Invalid` naming the one that is neither.
pub fn proxies(text: &str) -> Result<Proxies> {
    let parse = |part: &str| part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
    let networks = text.split_whitespace().map(|part| {
        parse(part).map_err(|_| {
            let message = format!("http.trusted_proxies: “{part}” is no address or network such as 10.0.0.0/8.");
            Error::invalid("http.trusted_proxies", message)
        })
    });
    networks.collect()
}

/// Notes the address with the request.
pub async fn note(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = ClientAddress(sender(peer.unwrap_or(NOWHERE), request.headers(), &proxies));
    request.extensions_mut().insert(address);
    next.run(request).await
}

/// The address of a request that [`note`] has seen.
pub fn address(extensions: &Extensions) -> ClientAddress {
    extensions.get().copied().unwrap_or(ClientAddress(NOWHERE))
}

/// Stands for an unknown address: all of them share one limit.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Each proxy adds whom it hears from at the end, so from there the first one that is no trusted proxy is the sender.
fn sender(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(&address.to_canonical()));
    if !is_proxy(peer) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut sender = peer;
    for hop in chain.into_iter().rev() {
        // What cannot be read was not written by a proxy of ours.
        let Ok(address) = hop.parse::<IpAddr>() else { return sender };
        sender = address;
        if !is_proxy(address) {
            return sender;
        }
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        sender(peer.parse().unwrap(), &headers, &proxies(trusted).unwrap()).to_string()
    }

    #[test]
    fn forwarded_addresses_count_only_from_configured_proxies() {
        assert_eq!(seen("192.0.2.1", &["203.0.113.9"], ""), "192.0.2.1");
        assert_eq!(seen("192.0.2.1", &["203.0.113.9"], "10.0.0.0/8"), "192.0.2.1");
        assert_eq!(seen("10.1.2.3", &["203.0.113.9"], "10.0.0.0/8"), "203.0.113.9");
        // What a client writes itself stands before what the proxy adds.
        assert_eq!(seen("10.1.2.3", &["198.51.100.5, 203.0.113.9"], "10.0.0.0/8"), "203.0.113.9");
        assert_eq!(seen("10.1.2.3", &["198.51.100.5", "203.0.113.9, 10.9.9.9"], "10.0.0.0/8"), "203.0.113.9");
        assert_eq!(seen("10.1.2.3", &["nonsense"], "10.0.0.0/8"), "10.1.2.3");
        assert_eq!(seen("10.1.2.3", &[], "10.0.0.0/8 2001:db8::/32"), "10.1.2.3");
        assert_eq!(seen("::1", &["2001:db8::7"], "::1"), "2001:db8::7");
        assert!(proxies("10.0.0.0/8 nonsense").unwrap_err().message.contains("nonsense"));
    }
}
