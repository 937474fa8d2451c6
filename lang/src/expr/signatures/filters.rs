//! minijinja's filters (its `filters.rs`).

use super::Takes::{
    self, Any, Attribute, Bool, Filter, Int, List, Map, Number, Scalar, Several, Test, Text,
};
use super::{By, Gives, Param, Signature};

const fn filter(name: &'static str, input: Takes, gives: Gives, about: &'static str) -> Signature {
    Signature::new(name, input, gives, about)
}

/// A filter of lists; what is absent counts as an empty one.
const fn of_list(name: &'static str, gives: Gives, about: &'static str) -> Signature {
    filter(name, List, gives, about).or_absent()
}

const fn place(name: &'static str, takes: Takes) -> Param {
    Param::new(name, takes, By::Place)
}

const fn either(name: &'static str, takes: Takes) -> Param {
    Param::new(name, takes, By::Either)
}

const fn named(name: &'static str, takes: Takes) -> Param {
    Param::new(name, takes, By::Name)
}

const CASE: Param = named("case_sensitive", Bool).or("false");
const FIELD: Param = named("attribute", Attribute).or("none");
const REVERSE: Param = named("reverse", Bool).or("false");

const BEST: &[Param] = &[CASE, FIELD];
const DEFAULT: &[Param] = &[
    place("value", Any).or("\"\""),
    place("boolean", Bool).or("false"),
];
const PARTS: &[Param] = &[place("count", Int), place("fill_with", Any).or("none")];
const TESTED: &[Param] = &[place("test", Test).or("none")];
const TESTED_FIELD: &[Param] = &[
    place("attribute", Attribute),
    place("test", Test).or("none"),
];

/// In alphabetical order.
pub const FILTERS: &[Signature] = &[
    filter("abs", Number, Gives::Same, "without its sign"),
    filter(
        "attr",
        Any,
        Gives::Attribute,
        "as `.name`, with a name that is a value",
    )
    .with(&[place("name", Text)]),
    of_list(
        "batch",
        Gives::Parts,
        "lists of `count` items each; the last is filled up",
    )
    .with(PARTS),
    filter("bool", Any, Gives::Bool, "whether it counts as true").or_absent(),
    filter(
        "capitalize",
        Text,
        Gives::Text,
        "the first letter large, the others small",
    ),
    filter(
        "chain",
        Several,
        Gives::Chained,
        "several lists or records as one",
    )
    .and_more(),
    filter(
        "count",
        Several,
        Gives::Int,
        "how many items or letters it has",
    ),
    filter("d", Any, Gives::Default, "as `default`")
        .with(DEFAULT)
        .or_absent(),
    filter(
        "default",
        Any,
        Gives::Default,
        "`value` where it is absent; with `true` also where it is empty, zero or `false`",
    )
    .with(DEFAULT)
    .or_absent(),
    filter(
        "dictsort",
        Map,
        Gives::Pairs,
        "names with their values, sorted",
    )
    .with(&[named("by", Text).or("\"key\""), CASE, REVERSE]),
    filter("e", Any, Gives::Text, "as `escape`"),
    filter("escape", Any, Gives::Text, "for HTML: `<` as `&lt;`"),
    filter("first", Several, Gives::Item, "the first item or letter"),
    filter("float", Scalar, Gives::Float, "as a number with a fraction")
        .with(&[either("default", Any).or("none")]),
    filter(
        "format",
        Text,
        Gives::Text,
        "the text with `%s`, `%d`, … filled in",
    )
    .and_more(),
    of_list(
        "groupby",
        Gives::Groups,
        "the items, by what they have in a field",
    )
    .with(&[
        either("attribute", Attribute),
        named("default", Any).or("none"),
        CASE,
    ]),
    filter(
        "indent",
        Text,
        Gives::Text,
        "with `width` blanks before each line but the first",
    )
    .with(&[
        either("width", Int).or("4"),
        either("first", Bool).or("false"),
        either("blank", Bool).or("false"),
    ]),
    filter("int", Scalar, Gives::Int, "as a whole number").with(&[
        either("default", Any).or("none"),
        either("base", Int).or("10"),
    ]),
    filter("items", Map, Gives::Pairs, "names with their values"),
    of_list(
        "join",
        Gives::Text,
        "the items as one text, `d` between them",
    )
    .with(&[
        either("d", Text).or("\"\""),
        either("attribute", Attribute).or("none"),
    ]),
    filter("last", Several, Gives::Item, "the last item or letter"),
    filter(
        "length",
        Several,
        Gives::Int,
        "how many items or letters it has",
    ),
    filter("lines", Text, Gives::Texts, "its lines, without their ends"),
    filter(
        "list",
        Several,
        Gives::Items,
        "its items, letters or names as a list",
    )
    .or_absent(),
    filter("lower", Text, Gives::Text, "in small letters"),
    of_list(
        "map",
        Gives::Mapped,
        "a field of each item, or each item through a filter",
    )
    .with(&[
        place("filter", Filter).or("none"),
        named("attribute", Attribute).or("none"),
        named("default", Any).or("none"),
    ])
    .and_more(),
    of_list("max", Gives::Item, "the largest item").with(BEST),
    of_list("min", Gives::Item, "the smallest item").with(BEST),
    filter(
        "pprint",
        Any,
        Gives::Text,
        "as text over several lines, for looking at it",
    )
    .or_absent(),
    of_list(
        "reject",
        Gives::Items,
        "the items that a test does not hold for, or that are empty",
    )
    .with(TESTED)
    .and_more(),
    of_list(
        "rejectattr",
        Gives::Items,
        "the items whose field a test does not hold for",
    )
    .with(TESTED_FIELD)
    .and_more(),
    filter(
        "replace",
        Text,
        Gives::Text,
        "with `to` wherever `from` stood",
    )
    .with(&[
        place("from", Text),
        place("to", Text),
        either("count", Int).or("none"),
    ]),
    filter(
        "reverse",
        Several,
        Gives::Same,
        "the last item or letter first",
    ),
    filter(
        "round",
        Number,
        Gives::Same,
        "rounded to `precision` places",
    )
    .with(&[
        either("precision", Int).or("0"),
        either("method", Text).or("\"common\""),
    ]),
    filter("safe", Text, Gives::Text, "marked as safe for HTML"),
    of_list(
        "select",
        Gives::Items,
        "the items that a test holds for, or that are not empty",
    )
    .with(TESTED)
    .and_more(),
    of_list(
        "selectattr",
        Gives::Items,
        "the items whose field a test holds for",
    )
    .with(TESTED_FIELD)
    .and_more(),
    of_list(
        "slice",
        Gives::Parts,
        "`count` lists of nearly as many items each",
    )
    .with(PARTS),
    of_list("sort", Gives::Items, "sorted, by a field if one is named")
        .with(&[FIELD, CASE, REVERSE]),
    filter(
        "split",
        Text,
        Gives::Texts,
        "the parts between blanks, or between `sep`",
    )
    .with(&[
        place("sep", Text).or("none"),
        place("maxsplits", Int).or("none"),
    ]),
    filter("string", Any, Gives::Text, "as a text"),
    of_list("sum", Gives::Sum, "all of them together").with(&[
        either("attribute", Attribute).or("none"),
        either("start", Any).or("0"),
    ]),
    filter("title", Text, Gives::Text, "each word with a large letter"),
    filter(
        "trim",
        Text,
        Gives::Text,
        "without blanks, or these letters, at both ends",
    )
    .with(&[place("chars", Text).or("none")]),
    of_list("unique", Gives::Items, "each item once").with(BEST),
    filter("upper", Text, Gives::Text, "in capital letters"),
    of_list("zip", Gives::Tuples, "lists of one item of each").and_more(),
];
