//! Every block of code in `docs/writing-a-plugin.md` is an excerpt of a file that is built and
//! tested. (Its `console` blocks are run by `cargo xtask test readme`.)

use std::fs;
use std::path::Path;

/// A block: the file that it names, and its lines.
struct Block {
    from: String,
    text: String,
}

/// The blocks of the page; a block of code that names no file is a finding.
fn blocks(page: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut from = None;
    let mut lines = page.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if let Some(name) = line.strip_prefix("<!-- from ") {
            from = name.strip_suffix(" -->").map(str::to_owned);
            continue;
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        let text: Vec<&str> =
            lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```").collect();
        match (language, from.take()) {
            ("console", None) => {}
            (_, Some(from)) => blocks.push(Block { from, text: text.join("\n") }),
            (_, None) => return Err(format!("line {number}: the block says not where it is from")),
        }
    }
    Ok(blocks)
}

#[test]
fn every_block_of_the_tutorial_is_an_excerpt() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/writing-a-plugin.md")).unwrap();
    let blocks = blocks(&page).unwrap();
    assert!(blocks.len() >= 20, "only {} blocks were found", blocks.len());
    for Block { from, text } in blocks {
        let file = fs::read_to_string(root.join(&from)).unwrap();
        let excerpt = format!("\n{text}\n");
        assert!(file.contains(&excerpt), "{from} does not have these lines:\n{text}");
    }
}

#[test]
fn a_block_from_nowhere_is_found() {
    assert!(blocks("```c\nint x;\n```\n").is_err());
    assert!(blocks("<!-- from a.c -->\n```c\nint x;\n```\n").unwrap()[0].text == "int x;");
}
