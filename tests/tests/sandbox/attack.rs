//! What an attack is, as data.

/// Something that a command tries to reach or to change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attack {
    /// What it is after.
    pub(crate) name: &'static str,
    pub(crate) script: Script,
    pub(crate) shows: Shows,
    pub(crate) control: Control,
    /// The programs that it needs.
    pub(crate) needs: &'static [&'static str],
    /// Whether it takes root to work without a box.
    pub(crate) is_roots: bool,
    /// What of the machine its control depends on. Where that is not there the case proves nothing,
    /// and says so.
    pub(crate) depends: Option<&'static str>,
    /// Why it works in a `full` box, if it does.
    pub(crate) open_in_full: Option<&'static str>,
    /// Why it works in a `bwrap` box, if it does.
    pub(crate) open_in_bwrap: Option<&'static str>,
    /// Why it works in a `landlock` box, if it does.
    pub(crate) open_in_landlock: Option<&'static str>,
}

/// What is run. Both know the places that `world.rs` lists.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Script {
    Shell(&'static str),
    Python(&'static str),
}

/// What shows that it has worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shows {
    /// It ends with 0. It has to have in hand what it was after: a box may let it believe much.
    Success,
    /// What is below `$V`, a folder in the home folder of this case alone, is not as it was.
    Change,
    /// What is at this place, below `$O`, is not as it was.
    ChangeOf(&'static str),
    /// A process outside has heard the case's number.
    Heard,
    /// A process `sleep $MARK` is there when the command has ended.
    Survives,
}

/// Where it is shown that the attack works at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// In a run with `--box none`.
    Unboxed,
    /// Without tau, which stops it by other means than the box; so it is stopped with `none`, too.
    Plain,
}

const fn attack(name: &'static str, script: Script) -> Attack {
    Attack {
        name,
        script,
        shows: Shows::Success,
        control: Control::Unboxed,
        needs: &[],
        is_roots: false,
        depends: None,
        open_in_full: None,
        open_in_bwrap: None,
        open_in_landlock: None,
    }
}

/// One in shell.
pub(crate) const fn sh(name: &'static str, script: &'static str) -> Attack {
    attack(name, Script::Shell(script))
}

/// One in Python, which fails by an exception.
pub(crate) const fn py(name: &'static str, script: &'static str) -> Attack {
    attack(name, Script::Python(script))
}

impl Attack {
    pub(crate) const fn changes(mut self) -> Attack {
        self.shows = Shows::Change;
        self
    }

    pub(crate) const fn changes_at(mut self, path: &'static str) -> Attack {
        self.shows = Shows::ChangeOf(path);
        self
    }

    pub(crate) const fn is_heard(mut self) -> Attack {
        self.shows = Shows::Heard;
        self
    }

    pub(crate) const fn survives(mut self) -> Attack {
        self.shows = Shows::Survives;
        self
    }

    pub(crate) const fn plain(mut self) -> Attack {
        self.control = Control::Plain;
        self
    }

    pub(crate) const fn needs(mut self, programs: &'static [&'static str]) -> Attack {
        self.needs = programs;
        self
    }

    pub(crate) const fn roots(mut self) -> Attack {
        self.is_roots = true;
        self
    }

    pub(crate) const fn depends(mut self, on: &'static str) -> Attack {
        self.depends = Some(on);
        self
    }

    pub(crate) const fn open_in_full(mut self, why: &'static str) -> Attack {
        self.open_in_full = Some(why);
        self
    }

    pub(crate) const fn open_in_bwrap(mut self, why: &'static str) -> Attack {
        self.open_in_bwrap = Some(why);
        self
    }

    pub(crate) const fn open_in_landlock(mut self, why: &'static str) -> Attack {
        self.open_in_landlock = Some(why);
        self
    }
}
