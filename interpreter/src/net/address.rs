//! Which addresses of the internet are public. All others belong to this machine, its networks, or
//! to protocols that carry another address inside, and are reached only where a grant names them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not public, as a clause about it; `None` when it is.
#[must_use]
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => of_v6(address),
    }
}

/// Of the registry of special addresses of IPv4 (RFC 6890 and its updates) all that are not
/// reachable from everywhere.
const V4: &[([u8; 4], u32, &str)] = &[
    ([0, 0, 0, 0], 8, "is an address of this machine"),
    ([10, 0, 0, 0], 8, "is a private address"),
    (
        [100, 64, 0, 0],
        10,
        "is an address inside a provider's network",
    ),
    ([127, 0, 0, 0], 8, "is an address of this machine"),
    ([168, 63, 129, 16], 32, "is where clouds give out secrets"),
    ([169, 254, 169, 254], 32, "is where clouds give out secrets"),
    ([169, 254, 0, 0], 16, "is an address of the local link"),
    ([172, 16, 0, 0], 12, "is a private address"),
    ([192, 0, 0, 0], 24, "is reserved"),
    ([192, 0, 2, 0], 24, "is for examples"),
    ([192, 88, 99, 0], 24, "leads to another address"),
    ([192, 168, 0, 0], 16, "is a private address"),
    ([198, 18, 0, 0], 15, "is for measurements"),
    ([198, 51, 100, 0], 24, "is for examples"),
    ([203, 0, 113, 0], 24, "is for examples"),
    ([224, 0, 0, 0], 4, "is for many receivers"),
    ([240, 0, 0, 0], 4, "is reserved"),
];

fn of_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = u32::from(address);
    let found = V4
        .iter()
        .find(|(net, length, _)| (bits ^ u32::from(Ipv4Addr::from(*net))) >> (32 - length) == 0);
    found.map(|(_, _, why)| *why)
}

/// Blocks within the public part of IPv6 that are not public, and where clouds give out secrets.
const V6: &[([u16; 8], u32, &str)] = &[
    (
        [0x2001, 0, 0, 0, 0, 0, 0, 0],
        23,
        "is reserved or leads to another address",
    ),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "is for examples"),
    (
        [0x2002, 0, 0, 0, 0, 0, 0, 0],
        16,
        "leads to another address",
    ),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "is for examples"),
    (
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254],
        128,
        "is where clouds give out secrets",
    ),
    (
        [0, 0, 0, 0, 0, 0, 0, 0],
        127,
        "is an address of this machine",
    ),
    (
        [0, 0, 0, 0, 0, 0xffff, 0, 0],
        96,
        "leads to another address",
    ),
    (
        [0x64, 0xff9b, 0, 0, 0, 0, 0, 0],
        96,
        "leads to another address",
    ),
    (
        [0x64, 0xff9b, 1, 0, 0, 0, 0, 0],
        48,
        "leads to another address",
    ),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "is a private address"),
    (
        [0xfe80, 0, 0, 0, 0, 0, 0, 0],
        10,
        "is an address of the local link",
    ),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "is for many receivers"),
];

fn of_v6(address: Ipv6Addr) -> Option<&'static str> {
    let bits = u128::from(address);
    let found = V6
        .iter()
        .find(|(net, length, _)| (bits ^ u128::from(Ipv6Addr::from(*net))) >> (128 - length) == 0);
    match found {
        Some((_, _, why)) => Some(why),
        // So far only `2000::/3` is given out.
        None if bits >> 125 == 1 => None,
        None => Some("is reserved"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_public(text: &str) -> bool {
        not_public(text.parse().unwrap()).is_none()
    }

    #[test]
    fn the_edges_of_what_is_public() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00::1",
            "2003::1",
            "2000::",
        ] {
            assert!(is_public(text), "{text}");
        }
        for text in [
            "0.0.0.0",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.169.254",
            "169.254.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:1.1.1.1",
            "::1.1.1.1",
            "64:ff9b::1.1.1.1",
            "64:ff9b:1::1",
            "2001::1",
            "2001:db8::1",
            "2002:101:101::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "5f00::1",
            "4000::",
            "1fff::",
        ] {
            assert!(!is_public(text), "{text}");
        }
    }

    proptest! {
        /// What the standard library knows of such addresses is not public here either.
        #[test]
        fn no_special_address_is_public(bits: u32, high: u128) {
            let v4 = Ipv4Addr::from(bits);
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local()
                || v4.is_multicast() || v4.is_broadcast() || v4.is_documentation()
                || v4.is_unspecified();
            prop_assert!(!special || not_public(v4.into()).is_some(), "{v4}");
            let v6 = Ipv6Addr::from(high);
            let special = v6.is_multicast() || v6.is_unique_local() || v6.is_unicast_link_local()
                || v6.is_loopback() || v6.is_unspecified();
            prop_assert!(!special || not_public(v6.into()).is_some(), "{v6}");
        }

        /// No address of IPv4 becomes reachable by being written inside one of IPv6.
        #[test]
        fn no_address_inside_another_is_public(bits: u32) {
            let v4 = Ipv4Addr::from(bits);
            let [a, b] = [(bits >> 16) as u16, bits as u16];
            for v6 in [
                v4.to_ipv6_mapped(),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, a, b),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b),
                Ipv6Addr::new(0x64, 0xff9b, 1, 7, 0, 0, a, b),
                Ipv6Addr::new(0x2002, a, b, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, a, b, 0, 0, !a, !b),
            ] {
                prop_assert!(not_public(v6.into()).is_some(), "{v6}");
            }
        }
    }
}
