//! What programs do with the network that they are granted, and how it ends.

use super::site::{BIG, Site};
use super::{client, is_ready, mission, output, run, said};

#[test]
fn much_is_carried_and_by_many_at_the_same_time() {
    if !is_ready("much_is_carried_and_by_many_at_the_same_time") {
        return;
    }
    let site = Site::new();
    let (at, port) = (&site.at, site.port());
    let program = "
print(len(get('http://AT/big')), len(ask(tunnel('127.0.0.1', PORT), '/big')))
together = []
def one(number):
    way = get('http://AT/all') if number % 2 else ask(tunnel('127.0.0.1', PORT), '/all')
    together.append('TOGETHER' in way)
threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(together))
";
    let program = program.replace("AT", at).replace("PORT", port);
    let sandbox = client(&format!("net \"{at}\""), &program);
    let text = said(&sandbox, "full");
    let mut lines = text.lines();
    let sizes: Vec<usize> = lines
        .next()
        .unwrap_or_default()
        .split(' ')
        .map(|size| size.parse().unwrap_or(0))
        .collect();
    // What comes by a tunnel has its head with it.
    assert!(sizes[0] == BIG && sizes[1] > BIG, "{text}");
    assert_eq!(lines.next(), Some("50"), "{text}");
}

#[test]
fn a_host_is_reached_by_its_address_of_ipv6() {
    let test = "a_host_is_reached_by_its_address_of_ipv6";
    if !is_ready(test) {
        return;
    }
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        tau_tests::skip(test, "IPv6, which this machine has not");
        return;
    }
    let (site, other) = (Site::at("[::1]:0"), Site::at("[::1]:0"));
    let program = format!(
        "print(get('http://{0}/'), 'REACHED' in ask(tunnel('[::1]', {1})))\nprint(get('http://{2}/'))\n",
        site.at,
        site.port(),
        other.at
    );
    let sandbox = client(&format!("net \"{}\"", site.at), &program);
    let said = said(&sandbox, "full");
    assert!(said.starts_with("REACHED True\n403 tau: "), "{said}");
}

/// The host sees it, and the next step asks whether it has.
#[test]
fn connections_end_with_their_command() {
    if !is_ready("connections_end_with_their_command") {
        return;
    }
    let program = "
if sys.argv[1] == 'gone':
    print(get('http://AT/gone'))
elif sys.argv[1] == 'leave':
    way = tunnel('127.0.0.1', PORT)
    way.sendall(b'GET /hold HTTP/1.1\\r\\n\\r\\n')
    if os.fork() == 0:
        os.setsid()
        said(way)
else:
    get('http://AT/endless')
";
    for (first, timeout) in [("leave", "30s"), ("endless", "1s")] {
        let site = Site::new();
        let at = &site.at;
        let program = program.replace("AT", at).replace("PORT", site.port());
        let statements = format!(
            "  step first  = process.run(\"python3 case.py {first}\") timeout {timeout} may fail\n  \
             step second = process.run(\"python3 case.py gone\") after first"
        );
        let sandbox = mission(&format!("net \"{at}\""), &statements, &program);
        let report = run(&sandbox, "full").ends(0).json();
        assert_eq!(output(&report["steps"][1]), "GONE\n", "{first}: {report:#}");
        let failure = &report["steps"][0]["failure"]["code"];
        let wanted = match first {
            "leave" => serde_json::Value::Null,
            _ => "process-timeout".into(),
        };
        assert_eq!(*failure, wanted, "{report:#}");
    }
}

/// Its own servers are not meant by what is granted.
#[test]
fn programs_find_their_proxy_and_nothing_of_the_machine_s() {
    if !is_ready("programs_find_their_proxy_and_nothing_of_the_machine_s") {
        return;
    }
    let program = "
for name in sorted(os.environ):
    if 'proxy' in name.lower():
        print(name, os.environ[name])
server = socket.create_server(('127.0.0.1', 0))
def answer():
    stream = server.accept()[0]
    stream.recv(1 << 16)
    stream.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nOWN')
threading.Thread(target=answer).start()
print(get('http://localhost:%d/' % server.getsockname()[1]))
";
    let sandbox = client("net \"a.example\"", program);
    let mut command = sandbox.command(&["apply", "boxed.tau", "--yes", "--json", "--box", "full"]);
    command.env("HTTPS_PROXY", "http://user:password@192.0.2.1:3128");
    command.env("http_proxy", "http://user:password@192.0.2.1:3128");
    let done = command.output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let proxy = "http://127.0.0.1:808";
    let inside = "localhost,127.0.0.1,::1";
    let wanted = format!(
        "ALL_PROXY {proxy}\nHTTPS_PROXY {proxy}\nHTTP_PROXY {proxy}\nNODE_USE_ENV_PROXY 1\n\
         NO_PROXY {inside}\nYARN_HTTPS_PROXY {proxy}\nYARN_HTTP_PROXY {proxy}\n\
         all_proxy {proxy}\nhttp_proxy {proxy}\nhttps_proxy {proxy}\nno_proxy {inside}\nOWN\n"
    );
    assert_eq!(output(&report["steps"][0]), wanted);
}

/// Where a box has no network of its own, nothing is started; what is proven needs none.
#[test]
fn a_box_without_a_network_blocks_what_is_granted_one() {
    let test = "a_box_without_a_network_blocks_what_is_granted_one";
    if tau_tests::skip_without("python3", test) || !super::super::makes("landlock", test) {
        return;
    }
    let started = "step case = process.run(\"python3 case.py\")";
    let sandbox = mission("net \"a.example\"", &format!("  {started}"), "");
    let done = run(&sandbox, "landlock").ends(3);
    let report = done.json();
    assert_eq!(report["steps"], serde_json::json!([]), "{report:#}");
    let blocked = &report["blocked"];
    assert_eq!(blocked["kind"], "enforcement", "{blocked:#}");
    assert_eq!(blocked["code"], "box-without-network");
    assert_eq!(blocked["mutations"], 0);
    let missing = &blocked["missing"][0];
    assert_eq!(missing["effect"], "net");
    assert_eq!(missing["scope"], "a.example");
    assert_eq!(missing["step"], "case");
    assert_eq!(missing["limited_by"], "machine");
    let verifier = "  verifier tests {\n    run     \"python3 case.py\"\n    protect \"tests/**\"\n  }\n\n  \
                    step red = verify.red(tests) may fail";
    let sandbox = mission("net \"a.example\"", verifier, "");
    run(&sandbox, "landlock").ends(0);
    let called = format!(
        "  step callee = inner()\n}}\n\nmission inner {{\n  authority {{\n    read \"**\"\n    \
                          run \"python3 *\"\n  }}\n\n  {started}"
    );
    let sandbox = mission("net \"a.example\"", &called, "");
    let arguments = [
        "apply",
        "boxed.tau",
        "--mission",
        "boxed",
        "--yes",
        "--box",
        "landlock",
    ];
    sandbox.tau(&arguments).ends(0);
}
