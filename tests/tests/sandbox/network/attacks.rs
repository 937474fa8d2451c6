//! Attacks on the network of a command.

use super::site::{Site, abstract_socket, datagrams};
use super::{client, is_ready, mission, output, run, said};

/// The lines of what was tried, in this form, as `reached` or `missed`.
fn told(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines();
    lines.filter_map(|line| line.split_once(' ')).collect()
}

#[test]
fn no_host_is_reached_but_those_that_are_granted() {
    if !is_ready("no_host_is_reached_but_those_that_are_granted") {
        return;
    }
    let granted = Site::new();
    let (a, port) = (&granted.at, granted.port());
    let other = Site::new();
    let (b, b_port) = (&other.at, other.port());
    // The same port of another host.
    let third = Site::at(&format!("127.0.0.2:{port}"));
    let c = &third.at;
    let (d, e) = (datagrams(), datagrams());
    let name = format!("tau-test-{port}");
    abstract_socket(&name);
    let program = format!(
        "attempts({{\n\
         'a host that is granted': lambda: get('http://{a}/'),\n\
         'a host that is granted, by a tunnel': lambda: ask(tunnel('127.0.0.1', {port})),\n\
         'another port': lambda: get('http://{b}/'),\n\
         'another port, by a tunnel': lambda: ask(tunnel('127.0.0.1', {b_port})),\n\
         'another port, by its host field': lambda: plain('http://{b}/', '{a}'),\n\
         'another host': lambda: get('http://{c}/'),\n\
         'another host, by a tunnel': lambda: ask(tunnel('127.0.0.2', {port})),\n\
         'where a host leads': lambda: get('http://{a}/to/{b}'),\n\
         'a name of a private address': lambda: get('http://localhost:{b_port}/'),\n\
         'a name of a private address, by a tunnel': lambda: ask(tunnel('localhost', {b_port})),\n\
         'an address that is not written as one': lambda: ask(tunnel('0x7f000001', {port})),\n\
         'an address as IPv6': lambda: ask(tunnel('[::ffff:127.0.0.1]' if PROXY else '::ffff:127.0.0.1', {port})),\n\
         'another host in its field': lambda: plain('http://{a}/', 'b.example'),\n\
         'a host, past the proxy': lambda: ask(direct('127.0.0.1', {port})),\n\
         'another host, past the proxy': lambda: ask(direct('127.0.0.2', {port})),\n\
         'datagrams': lambda: datagram('127.0.0.1', {d}),\n\
         'datagrams of a port that is granted': lambda: datagram('127.0.0.1', {e}),\n\
         'a local socket without a file': lambda: local('{name}'),\n\
         }})\n"
    );
    let grants = format!(
        "net \"127.0.0.1:{port}\", \"localhost:{b_port}\", \"*:*\", \"127.0.0.1:{e}\"\n\
         deny net \"127.0.0.2\""
    );
    let sandbox = client(&grants, &program);
    let boxed = said(&sandbox, "full");
    let boxed = told(&boxed);
    let free = said(&sandbox, "none");
    let free = told(&free);
    assert_eq!(free.len(), 18, "{free:?}");
    for (how, what) in free {
        assert_eq!(how, "reached", "{what}: not reached without a box");
    }
    assert_eq!(boxed.len(), 18, "{boxed:?}");
    for (how, what) in boxed {
        let wanted = match what.starts_with("a host that is granted") {
            true => "reached",
            false => "missed",
        };
        assert_eq!(how, wanted, "{what}");
    }
}

/// A called mission has its own grants, and its commands have no more.
#[test]
fn a_step_without_a_grant_has_no_network_beside_one_that_has() {
    if !is_ready("a_step_without_a_grant_has_no_network_beside_one_that_has") {
        return;
    }
    let site = Site::new();
    let at = &site.at;
    let program = format!("attempts({{'it': lambda: get('http://{at}/' + sys.argv[1])}})\n");
    let net = format!("net \"{at}\"");
    let statements = "  step inner = none_of_it()\n  \
                      step outer = process.run(\"python3 case.py outer\") after inner\n}\n\n\
                      mission none_of_it {\n  authority {\n    read \"**\"\n    run  \"python3 *\"\n  }\n\n  \
                      step case = process.run(\"python3 case.py inner\")";
    let sandbox = mission(&net, statements, &program);
    let arguments = [
        "apply",
        "boxed.tau",
        "--mission",
        "boxed",
        "--yes",
        "--json",
        "--box",
    ];
    let run = |tier: &str| {
        let report = sandbox
            .tau(&[&arguments[..], &[tier]].concat())
            .ends(0)
            .json();
        let steps = report["steps"].as_array().unwrap();
        let ran = steps.iter().filter(|step| step["action"] == "process.run");
        ran.map(output).collect::<String>()
    };
    assert_eq!(run("full"), "missed it\nreached it\n");
    assert_eq!(site.asked(), ["/outer"]);
    assert_eq!(run("none"), "reached it\nreached it\n");
}

/// What a proof rests on is the tree, and not what somebody says today.
#[test]
fn the_command_of_a_verifier_has_no_network() {
    if !is_ready("the_command_of_a_verifier_has_no_network") {
        return;
    }
    let site = Site::new();
    let at = &site.at;
    let program = format!("attempts({{'it': lambda: get('http://{at}/')}})\nsys.exit(1)\n");
    let statements = "  verifier tests {\n    run     \"python3 case.py\"\n    protect \"tests/**\"\n  }\n\n  \
                      step red  = verify.red(tests)\n  step case = process.run(\"python3 -c 1\")";
    let sandbox = mission(&format!("net \"{at}\""), statements, &program);
    run(&sandbox, "full").ends(0);
    assert_eq!(site.asked(), Vec::<String>::new());
    run(&sandbox, "none").ends(0);
    assert!(site.asked().contains(&"/".to_owned()));
}

/// The first leaves a server that asks the host by a connection of its own, and says when it is there.
const LEAVES: &str = "
if sys.argv[1] == 'serve':
    ready, says = os.pipe()
    if os.fork() == 0:
        os.setsid()
        way, listener = tunnel('127.0.0.1', HOST), socket.create_server(('127.0.0.1', OWN))
        os.dup2(os.open('/dev/null', os.O_RDWR), 1)
        os.dup2(1, 2)
        os.write(says, b'x')
        client = listener.accept()[0]
        client.sendall(ask(way).encode())
        client.close()
    else:
        os.read(ready, 1)
else:
    attempts({'it': lambda: said(direct('127.0.0.1', OWN))})
";

/// What a command leaves behind, a server or a way out, is gone before the next one begins.
#[test]
fn nothing_of_an_earlier_command_is_a_way_out() {
    if !is_ready("nothing_of_an_earlier_command_is_a_way_out") {
        return;
    }
    let site = Site::new();
    let (at, port) = (&site.at, site.port());
    let own = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let own_port = own.local_addr().unwrap().port();
    drop(own);
    let program = LEAVES
        .replace("HOST", port)
        .replace("OWN", &own_port.to_string());
    let statements = "  step first  = process.run(\"python3 case.py serve\")\n  \
                      step second = process.run(\"python3 case.py ask\") after first";
    let sandbox = mission(&format!("net \"{at}\""), statements, &program);
    let second = |tier: &str| {
        let report = run(&sandbox, tier).ends(0).json();
        output(&report["steps"][1])
    };
    assert_eq!(second("none"), "reached it\n");
    assert_eq!(second("full"), "missed it\n");
}
