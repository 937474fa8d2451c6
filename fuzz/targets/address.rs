//! Any text is taken for the address of a page, and for where a page leads, without a panic; what was
//! read reads back as itself, has a host that is granted as it is spelled, and nothing that could end
//! a line of a request.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_interpreter::net::hosts::Target;
use tau_interpreter::net::url::Url;
use tau_lang::authority::Host;

fn holds(url: &Url) {
    let spelled = url.to_string();
    assert_eq!(Url::new(&spelled).as_ref(), Ok(url), "{spelled:?}");
    assert!(url.path().starts_with('/'));
    assert!(spelled.bytes().all(|byte| byte.is_ascii_graphic()), "{spelled:?}");
    let target = url.target();
    assert_eq!(Target::of_authority(&target.scope(), None).as_ref(), Ok(target));
    let host = Host::new(&target.scope()).expect("it was read before");
    assert!(host.covers(&host));
}

fuzz_target!(|texts: (&str, &str)| {
    let (text, location) = texts;
    let url = Url::new(text).or_else(|_| Url::new(&format!("http://{text}")));
    let Ok(url) = url else { return };
    holds(&url);
    if let Ok(next) = url.join(location) {
        holds(&next);
    }
});
