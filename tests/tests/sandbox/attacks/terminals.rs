//! The terminal of whoever started tau.

use crate::attack::{Attack, py, sh};

const TERMINAL: &str = "a terminal, which `script` makes";

pub(crate) const TERMINALS: &[Attack] = &[
    sh("words on the terminal", r"printf '\033]0;title\007' > /dev/tty").depends(TERMINAL),
    py("typing into the terminal", r#"
fcntl.ioctl(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY), 0x5412, b"x")
"#).depends("a kernel that lets one type for others"),
    py("typing into a terminal of one's own", r#"
# One made in a box could be handed to whoever reads it outside.
os.setsid()
_, terminal = os.openpty()
fcntl.ioctl(terminal, 0x540E, 0)
fcntl.ioctl(terminal, 0x5412, b"x")
"#).depends("a kernel that lets one type for others"),
    py("typing, by a number that only looks like another", r#"
# The kernel does not look at the upper half of the word.
os.setsid()
_, terminal = os.openpty()
fcntl.ioctl(terminal, 0x540E, 0)
call(16, terminal, 0x100005412, ctypes.create_string_buffer(b"x"))
"#).depends("a kernel that lets one type for others"),
    py("pasting into a console", r#"
# Whoever may ask is told that this is no console.
try:
    fcntl.ioctl(os.pipe()[0], 0x541C, b"\x02")
except OSError as error:
    assert error.errno == errno.ENOTTY
"#),
    py("the settings of the terminal", r#"
import termios
fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
assert termios.tcgetattr(fd)
"#).depends(TERMINAL),
    py("what is on other terminals", r#"
assert [it for it in glob.glob("/dev/pts/[0-9]*") if os.access(it, os.W_OK)]
"#).depends(TERMINAL),
    sh("the consoles of the machine", "for c in /dev/console /dev/tty0 /dev/tty1 /dev/ttyS0; do [ -w $c ] && : >> $c && exit 0; done; exit 1")
        .roots()
        .depends("a console"),
];
