//! Where comments and documentation go.

use super::*;

#[test]
fn comments_keep_their_places() {
    let text = r#"# head

tau: 1 # version
use: # libraries
  - std.fs # files
  # and
  - [std.git, std.time]

# of the mission
mission: m # named
authority: # may
  # reading
  read: a # all
  deny: # but
    write: [b, c] # not these
  # end of authority
inputs: # given
  a: { type: int, # inner
       about: two } # behind
steps: # in order
  - repeat: 3 # times
    # until when
    until: x
    # steps
    steps:
      - y: fs.read # read
        with: # args
          # path
          path: a
      # end of the loop

  # end of the mission
# end of the file
"#;
    let file = read_yaml(text);
    let printed = yaml(&file);
    assert_snapshot!(printed, @r#"
    # head

    # version
    # libraries
    tau: 1
    use:
      - std.fs  # files
      # and
      - [std.git, std.time]
    # of the mission
    mission: m  # named
    inputs:
      # given
      # behind
      a: { type: int, about: two }  # inner
    authority:  # may
      # reading
      read: [a]  # all
      # not these
      deny: { write: [b, c] }  # but
      # end of authority
    steps:
      # in order
      # until when
      # steps
      - repeat: 3  # times
        until: x
        steps:
          # args
          # path
          - y: fs.read  # read
            with: { path: a }
          # end of the loop

      # end of the mission

    # end of the file
    "#);
    assert_snapshot!(tau(&file), @r#"
    # head

    # version
    # libraries
    use std.fs  # files
    # and
    use std.{git, time}

    # of the mission
    mission m {
      # given
      # behind
      ## two
      input a : int  # inner

      authority {
        # reading
        read "a"  # all
        # not these
        deny write "b", "c"  # but
        # end of authority
      }  # may

      # in order
      # until when
      # steps
      repeat up to 3 {
        # args
        # path
        step y = fs.read(path: "a")  # read
        # end of the loop
      } until x  # times

      # end of the mission
    }  # named

    # end of the file
    "#);
    for line in text.lines() {
        if let Some((_, comment)) = line.split_once("# ") {
            assert!(printed.contains(comment), "`{comment}` is lost");
        }
    }
}

#[test]
fn space_around_documentation_says_nothing() {
    let text = "##\n##   Why.\n##\n##   More.\n##\nmission m {\n  input a : int  ##\n}\n";
    let file = read_tau(text);
    assert_eq!(crate::format::unfit_for_yaml(&file), None);
    assert_snapshot!(tau(&file), @r#"
    ## Why.
    ##
    ##   More.
    mission m {
      input a : int
    }
    "#);
}

#[test]
fn documentation_where_there_is_no_place_for_it_becomes_a_comment() {
    let text = "mission m {\n  verifier v {\n    ## one\n    ##\n    ## two\n    run \"x\"\n  }\n}\n\
                test \"t\" {\n  ## three\n  ## four\n  run m()\n}\n";
    assert_snapshot!(tau(&read_tau(text)), @r#"
    mission m {
      # one
      #
      # two
      verifier v {
        run "x"
      }
    }

    test "t" {
      # three
      # four
      run m()
    }
    "#);
}

#[test]
fn a_comment_behind_the_bracket_of_an_action_is_the_actions() {
    let text = "# one\naction a( # two\n  b : int # three\n) -> int {\n}\n";
    assert_snapshot!(tau(&read_tau(text)), @r#"
    # one
    # two
    action a(
      b : int  # three
    ) -> int {
    }
    "#);
}
