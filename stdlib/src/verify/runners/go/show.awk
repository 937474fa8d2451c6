# Shows the events of `go test -json` as `go test` does: the output of tests that failed, and what
# is said of packages. Nothing of it is a verdict.

function field(name,    begin, end, text) {
    begin = index($0, "\"" name "\":\"")
    if (!begin) return ""
    text = substr($0, begin + length(name) + 4)
    end = match(text, /^([^"\\]|\\.)*"/)
    return end ? substr(text, 1, RLENGTH - 1) : ""
}

function plain(text,    out, at, next_) {
    out = ""
    while ((at = index(text, "\\")) > 0) {
        next_ = substr(text, at + 1, 1)
        out = out substr(text, 1, at - 1)
        if (next_ == "u") {
            out = out code(substr(text, at + 2, 4))
            text = substr(text, at + 6)
            continue
        }
        if (next_ == "n") next_ = "\n"
        else if (next_ == "t") next_ = "\t"
        else if (next_ == "r") next_ = "\r"
        out = out next_
        text = substr(text, at + 2)
    }
    return out text
}

function code(hex) {
    if (hex == "003c") return "<"
    if (hex == "003e") return ">"
    if (hex == "0026") return "&"
    return "?"
}

{
    action = field("Action")
    test = field("Test")
    key = field("Package") " " test
}
index(test, own) == 1 { next }
action == "build-output" { printf "%s", plain(field("Output")); next }
action == "output" && test == "" {
    text = plain(field("Output"))
    if (text != "PASS\n" && text != "FAIL\n") printf "%s", text
    next
}
action == "output" {
    text = plain(field("Output"))
    if (text !~ /^=== (RUN|PAUSE|CONT|NAME) /) said[key] = said[key] text
    next
}
action == "fail" && key in said { printf "%s", said[key] }
action == "fail" || action == "pass" || action == "skip" { delete said[key] }
END { for (key in said) printf "%s", said[key] }
