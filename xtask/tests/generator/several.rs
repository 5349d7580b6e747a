//! Several documents that become one crate, and folders of documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::small_documents::HEAD;
use crate::support::Fixture;

/// Returns a document of one operation whose answer is the component `Answer`.
fn document(id: &str, answer: &str) -> String {
    format!(
        "{HEAD}servers: [{{url: 'https://api.example.com'}}]
paths:
  /{id}:
    get:
      operationId: {id}
      responses:
        '200': {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Answer'}}}}}}}}
components:
  schemas:
    Answer: {answer}
    Shared:
      type: object
      description: As {id} has it.
      properties: {{below: {{$ref: '#/components/schemas/Shared'}}}}
"
    )
}

const WITH_SHARED: &str = "{type: object, properties: {shared: {$ref: '#/components/schemas/Shared'}}}";

/// Returns all files below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn several_documents_become_one_crate_whatever_the_order_of_the_arguments() {
    let fixture = Fixture::new();
    fixture.write("specs/a.yaml", document("list", WITH_SHARED));
    fixture.write("specs/b.yaml", document("show", "{type: object, properties: {b: {type: integer}}}"));
    let newer = document("find", WITH_SHARED).replace("openapi: 3.0.3", "openapi: 3.1.0");
    fixture.write("specs/c.md", format!("# A page\n\n```yaml\n{newer}```\n"));
    let documents = ["specs/a.yaml", "specs/b.yaml", "specs/c.md"];
    let mut crates = Vec::new();
    for (number, order) in [[0, 1, 2], [2, 1, 0], [1, 2, 0]].into_iter().enumerate() {
        let out = format!("out{number}");
        let specs = order.iter().flat_map(|index| ["--spec", documents[*index]]);
        let arguments: Vec<_> = ["generate", "--out", &out].into_iter().chain(specs).collect();
        let run = fixture.run(&arguments).exits(0, "they are valid");
        assert!(run.stdout.contains(": 3 operations, "), "{run:#?}");
        crates.push(files(&fixture.path().join(&out)));
    }
    fixture.run(&["generate", "--spec", "specs", "--out", "out3"]).exits(0, "the folder of the same");
    crates.push(files(&fixture.path().join("out3")));
    let twice =
        ["generate", "--spec", "./specs/../specs/c.md", "--spec", "specs", "--spec", "specs/a.yaml", "--out", "out4"];
    fixture.run(&twice).exits(0, "each once");
    crates.push(files(&fixture.path().join("out4")));
    assert!(crates.windows(2).all(|pair| pair[0] == pair[1]));
    let types = fixture.read("out0/src/types.rs");
    for (name, count) in [("struct Shared ", 1), ("struct Answer ", 1), ("struct ShowAnswer ", 1), ("struct ", 3)] {
        assert_eq!(types.matches(&format!("pub {name}")).count(), count, "{name}: {types}");
    }
}

#[test]
fn the_readme_groups_the_operations_by_their_tags_if_there_are_several() {
    let fixture = Fixture::new();
    let tagged = |id: &str, tag: &str| {
        document(id, WITH_SHARED).replace("      responses:", &format!("      tags: [{tag}]\n      responses:"))
    };
    fixture.write("a.yaml", tagged("list", "Shop/Orders"));
    fixture.write("b.yaml", tagged("show", "Shop/Goods"));
    fixture.write("c.yaml", tagged("find", "Shop/Orders"));
    let arguments = ["generate", "--spec", "a.yaml", "--spec", "b.yaml", "--spec", "c.yaml", "--out", "out"];
    fixture.run(&arguments).exits(0, "they are valid");
    let readme = fixture.read("out/README.md");
    let (_, orders) = readme.split_once("\n### Shop/Goods\n").unwrap().1.split_once("\n### Shop/Orders\n").unwrap();
    assert!(
        orders.contains("| `find` |") && orders.contains("| `list` |") && !orders.contains("| `show` |"),
        "{readme}"
    );
    fixture.run(&["generate", "--spec", "a.yaml", "--out", "out"]).exits(0, "one document");
    assert!(!fixture.read("out/README.md").contains("##"), "one tag makes no groups");
    let operation = |tag: &str| format!("{{get: {{tags: [{tag}], responses: {{'204': {{description: d}}}}}}}}");
    let (orders, goods) = (operation("Shop/Orders"), operation("Shop/Goods"));
    fixture.write("d.yaml", format!("{HEAD}paths:\n  /orders: {orders}\n  /goods: {goods}\n  /all: {orders}\n"));
    fixture.run(&["generate", "--spec", "d.yaml", "--out", "out"]).exits(0, "several tags");
    let readme = fixture.read("out/README.md");
    assert!(readme.contains("\n### Shop/Goods\n") && readme.contains("\n### Shop/Orders\n"), "{readme}");
}

#[test]
fn a_name_with_two_meanings_is_reported_with_both_places() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", document("list", "{type: object, properties: {a: {type: string}}}"));
    fixture.write("b.yaml", document("show", "{type: object, properties: {b: {type: string}}}"));
    let run = |options: &[&str]| {
        fixture.run(&[&["generate", "--spec", "b.yaml", "--spec", "a.yaml", "--out", "out"], options].concat())
    };
    let human = run(&["--strict"]).exits(0, "each document is valid");
    assert_eq!(
        human.messages(),
        [
            "a.yaml:12:5: warning: `Answer` in `components/schemas` differs in 2 documents, and has a name for each meaning: \
          `list_Answer`, `show_Answer`"
        ]
    );
    assert!(human.stderr.contains("::: b.yaml:12:5"), "{human:#?}");
    let json = run(&["--message-format", "json"]).exits(0, "the same as JSON");
    let finding: Value = serde_json::from_str(json.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&finding["code"], &finding["file"]), (&"conflicting-components".into(), &"a.yaml".into()));
    assert_eq!(
        (&finding["related"][0]["file"], &finding["related"][0]["pointer"]),
        (&"b.yaml".into(), &"/components/schemas/Answer".into())
    );
    let types = fixture.read("out/src/types.rs");
    assert!(types.contains("pub struct ListAnswer ") && types.contains("pub struct ShowAnswer "), "{types}");
}

#[test]
fn an_operation_that_two_documents_describe_differently_is_an_error_with_both_places() {
    let fixture = Fixture::new();
    fixture.write("a.yaml", document("list", WITH_SHARED));
    fixture.write("b.yaml", document("list", WITH_SHARED).replace("As list", "Otherwise"));
    let arguments = ["generate", "--spec", "a.yaml", "--spec", "b.yaml", "--out", "out"];
    let run = fixture.run(&arguments).exits(0, "the same operation");
    assert!(run.stdout.contains("out: 1 operation, ") && run.stderr.is_empty(), "{run:#?}");
    fixture.write("b.yaml", document("list", WITH_SHARED).replace("'200'", "'201'"));
    let run = fixture.run(&arguments).exits(2, "it differs");
    assert_eq!(run.messages(), ["b.yaml:6:5: error: two documents describe `GET /list`, and differ"]);
    assert!(run.stderr.contains("::: a.yaml:6:5"), "{run:#?}");
    assert!(run.stderr.ends_with("error: a.yaml, b.yaml: 1 error: nothing was generated\n"), "{run:#?}");
    fixture.write("b.yaml", document("list", WITH_SHARED).replace("/list", "/other"));
    let run = fixture.run(&arguments).exits(0, "an id that is used twice");
    assert_eq!(
        run.messages(),
        ["b.yaml:7:20: warning: duplicate `operationId` `list`, first used in a.yaml at line 7"]
    );
}

#[test]
fn paths_of_several_documents_match_the_same_urls_if_they_have_no_method_in_common() {
    let fixture = Fixture::new();
    let parameter =
        |name: &str| format!("parameters: [{{name: {name}, in: path, required: true, schema: {{type: integer}}}}]");
    let with = |id: &str, name: &str, method: &str| {
        let path = format!("/a/{{{name}}}:");
        document(id, WITH_SHARED)
            .replace(&format!("/{id}:"), &path)
            .replace("get:", &format!("{method}:\n      {}", parameter(name)))
    };
    fixture.write("a.yaml", with("show", "id", "get"));
    fixture.write("b.yaml", with("change", "number", "put"));
    let arguments = ["generate", "--spec", "a.yaml", "--spec", "b.yaml", "--out", "out", "--strict"];
    let run = fixture.run(&arguments).exits(0, "each document is valid");
    assert!(run.stdout.contains("out: 2 operations, ") && run.stderr.is_empty(), "{run:#?}");
    fixture.write("b.yaml", with("change", "number", "get"));
    let run = fixture.run(&arguments).exits(2, "one method");
    assert_eq!(run.messages(), ["b.yaml:5:3: error: the path `/a/{number}` matches the same URLs as `/a/{id}`"]);
}

#[test]
fn security_and_servers_that_differ_are_kept_for_each_operation() {
    let fixture = Fixture::new();
    let secured = |id: &str, extra: &str| {
        document(id, WITH_SHARED).replace("paths:", "security: [{token: []}]\npaths:")
            + &format!("  securitySchemes: {{token: {{type: http, scheme: bearer{extra}}}}}\n")
    };
    fixture.write("a.yaml", secured("list", ""));
    fixture.write("b.yaml", secured("show", ", description: The token."));
    fixture.write("c.yaml", document("find", WITH_SHARED));
    fixture.write("d.yaml", secured("send", "").replace("https://api.", "https://other."));
    let arguments = ["generate", "--spec", "a.yaml", "--spec", "b.yaml", "--out", "out"];
    let run = fixture.run(&arguments).exits(0, "the same");
    assert!(run.stderr.is_empty(), "{run:#?}");
    let run =
        fixture.run(&[&arguments[..], &["--spec", "c.yaml", "--spec", "d.yaml"]].concat()).exits(0, "others differ");
    assert!(run.stderr.is_empty(), "{run:#?}");
    assert!(fixture.read("out/src/servers.rs").contains("https://other.example.com"), "one operation has this one");
    assert!(fixture.read("out/src/client.rs").contains("https://api.example.com"), "most have this one");
}

#[test]
fn each_document_that_cannot_be_used_is_reported() {
    let fixture = Fixture::new();
    fixture.write("good.yaml", document("list", WITH_SHARED));
    fixture.write("broken.yaml", "a: [1\n");
    fixture.write("swagger.yaml", "swagger: '2.0'\n");
    fixture.write("list.yaml", "openapi: 3.0.3\npaths: [\n");
    let run = |specs: &[&str]| {
        let specs = specs.iter().flat_map(|spec| ["--spec", spec]);
        fixture.run(&["generate", "--out", "out"].into_iter().chain(specs).collect::<Vec<_>>())
    };
    let found = run(&["good.yaml", "broken.yaml", "list.yaml"]).exits(2, "two are no YAML");
    assert!(found.messages()[0].starts_with("broken.yaml:1:4: error: "), "{found:#?}");
    assert!(found.messages()[1].starts_with("list.yaml:3:1: error: "), "{found:#?}");
    let found = run(&["good.yaml", "swagger.yaml"]).exits(2, "one is of another version");
    assert!(found.first_line().starts_with("swagger.yaml:1:1: error: this is a Swagger 2.0 document"), "{found:#?}");
    let found = run(&["none.yaml", "good.yaml", "nothing.yaml"]).exits(3, "two are not there");
    assert_eq!(found.messages().len(), 2, "{found:#?}");
}

#[test]
fn other_files_of_a_folder_are_skipped_and_referenced_ones_are_read() {
    let fixture = Fixture::new();
    fixture.write("specs/a.yaml", document("list", "{$ref: common.yaml#/Answer}"));
    fixture.write("specs/b.yml", document("show", "{$ref: './common.yaml#/Answer'}"));
    fixture.write("specs/common.yaml", "Answer: {type: object, properties: {a: {type: string}}}\n");
    fixture.write("specs/package.json", "{\"name\": \"x\"}");
    fixture.write("specs/README.md", "# The documents\n\n```sh\nls\n```\n");
    fixture.write("specs/notes.md", "Notes: none\n- [ and no YAML\n");
    fixture.write("specs/.a.yaml.swp.yaml", "a: [");
    fixture.write("specs/readme.txt", "text");
    fixture.write("specs/below/c.yaml", "a: [");
    let arguments = ["generate", "--spec", "specs", "--out", "out", "--strict"];
    let run = fixture.run(&arguments).exits(0, "two documents");
    assert!(run.stdout.contains("out: 2 operations, ") && run.stderr.is_empty(), "{run:#?}");
    let check = [&["check"], &arguments[1..]].concat();
    fixture.run(&check).exits(0, "the same");
    for (name, text) in [
        ("specs/common.yaml", "Answer: {type: object, properties: {a: {type: string, maxLength: 3}}}\n".to_owned()),
        ("specs/b.yml", document("show", "{$ref: './common.yaml#/Answer'}").replace("{HEAD}", "") + "x-a: 1\n"),
    ] {
        let before = fixture.read(name);
        fixture.write(name, text);
        let run = fixture.run(&check).exits(1, name);
        assert!(run.stderr.contains("--spec specs --out out"), "{run:#?}");
        fixture.write(name, before);
    }
    fixture.run(&["generate", "--spec", "specs/below", "--out", "out"]).exits(2, "a document in it is broken");
}

#[test]
fn the_arguments_of_several_documents_are_checked() {
    let fixture = Fixture::new();
    fixture.write("specs/a.yaml", document("list", WITH_SHARED));
    for (arguments, expected) in [
        (&["generate", "--spec", "specs", "--out", "specs"][..], "cannot be the folder of a crate"),
        (
            &["generate", "--spec", "specs", "--out", "out", "--report", "specs/a.yaml"],
            "it is a folder or the document",
        ),
        (&["upstream", "specs/a.yaml", "--spec", "specs/a.yaml", "--spec", "b"], "compares the page with one document"),
        (&["diff", "a", "b", "--spec", "specs"], "unexpected option; `diff` takes"),
        (&["generate", "--spec", "specs", "--out", "out", "--ref-root", "none"], "cannot find"),
        (&["generate", "--spec", "specs", "--spec", "b"], "and `--spec specs --spec b` are other documents"),
    ] {
        let run = fixture.run(arguments).exits(3, expected);
        assert!(run.stderr.contains(expected), "{run:#?}");
    }
    let run = fixture.run(&["diff", "specs", "specs"]).exits(0, "a folder is compared as one document");
    assert!(run.stdout.contains("verdict: none"), "{run:#?}");
}
