//! Columns of text.

use clap::builder::styling::Style;

use super::sanitize::one_line;
use super::style::paint;

/// What stands in one place of a table.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    style: Style,
    text: String,
}

impl Cell {
    /// A cell; its text may come from anywhere.
    pub(crate) fn new(style: Style, text: &str) -> Self {
        Cell {
            style,
            text: one_line(text).into_owned(),
        }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// The rows, one a line, with two spaces between columns. What is wider than `width` is cut from
/// the last column, since that is where texts stand.
pub(crate) fn table(rows: &[Vec<Cell>], width: usize) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            match widths.get_mut(column) {
                Some(widest) => *widest = cell.width().max(*widest),
                None => widths.push(cell.width()),
            }
        }
    }
    rows.iter().map(|row| line(row, &widths, width)).collect()
}

fn line(row: &[Cell], widths: &[usize], width: usize) -> String {
    let mut line = String::new();
    let mut used = 0;
    // Without the empty cells at the end, so that no blanks stand there.
    let filled = row
        .iter()
        .rposition(|cell| !cell.text.is_empty())
        .map_or(0, |last| last + 1);
    for (column, cell) in row[..filled].iter().enumerate() {
        let is_last = column + 1 == row.len();
        let text = if is_last {
            cut(&cell.text, width.saturating_sub(used))
        } else {
            cell.text.clone()
        };
        line += &paint(cell.style, &text);
        if column + 1 < filled {
            line += &" ".repeat(widths[column] - cell.width() + 2);
        }
        used += widths[column] + 2;
    }
    line + "\n"
}

/// The beginning of `text` in at most `width` columns; a very narrow one is not respected.
fn cut(text: &str, width: usize) -> String {
    let width = width.max(10);
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let start: String = text.chars().take(width - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{Cell, table};
    use crate::render::style::STRONG;

    fn plain(rows: &[&[&str]], width: usize) -> String {
        let row = |row: &&[&str]| row.iter().map(|text| Cell::new(STRONG, text)).collect();
        let rows: Vec<Vec<Cell>> = rows.iter().map(row).collect();
        anstream::adapter::strip_str(&table(&rows, width)).to_string()
    }

    #[test]
    fn columns_stand_below_each_other_and_the_last_is_cut() {
        let rows: &[&[&str]] = &[
            &["01k5", "fix", "succeeded after a while"],
            &["01k5abc", "prove-patch", "failed"],
            &["é", "", ""],
        ];
        assert_snapshot!(plain(rows, 36), @r#"
        01k5     fix          succeeded aft…
        01k5abc  prove-patch  failed
        é
        "#);
    }

    #[test]
    fn a_cell_cannot_break_its_line() {
        assert_eq!(plain(&[&["a\nb", "\u{1b}[2J"]], 80), "a\\nb  \\u{1b}[2J\n");
        assert_eq!(plain(&[], 80), "");
    }
}
