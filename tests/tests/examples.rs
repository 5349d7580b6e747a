//! The examples as programs, as a user runs them: what they print, how they exit, and that an export which was stopped
//! goes on to the same result.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use salla_loyalty_points_tests::documented;
use salla_loyalty_points_tests::mock::{Answer, Fault, Mock, MockBuilder, RetryAfter, entry};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// An example. `cargo test` builds them beside the tests, unless it is told to build a single test only.
fn example(name: &str) -> Command {
    let tests = std::env::current_exe().expect("a test program");
    let target = tests.parent().and_then(Path::parent).expect("a folder of tests in the target folder");
    let program = target.join("examples").join(format!("{name}{EXE_SUFFIX}"));
    assert!(program.exists(), "{} is missing: `cargo build --examples` builds it", program.display());
    let mut command = Command::new(program);
    command.env_remove("SALLA_ACCESS_TOKEN").env_remove("SALLA_BASE_URL");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// An example that talks to this mock as it would to production.
fn example_of(mock: &Mock, name: &str) -> Command {
    let mut command = example(name);
    command.env("SALLA_ACCESS_TOKEN", "any").env("SALLA_BASE_URL", mock.base_url());
    command
}

/// What a program said, and how it exited.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    async fn of(command: &mut Command) -> Self {
        Self::read(command.output().await.expect("the program starts"))
    }

    fn read(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "{text:?} is not said: {self:#?}");
        self
    }
}

// What all examples have in common.

#[tokio::test]
async fn each_example_works_without_an_account() {
    let folder = TempDir::new().unwrap();
    let (input, output) = (folder.path().join("in.csv"), folder.path().join("out.jsonl"));
    fs::write(&input, "1\n2\n").unwrap();
    for (name, arguments) in [
        ("history", vec![]),
        ("balance", vec![]),
        ("export", vec!["--input".as_ref(), input.as_os_str(), output.as_os_str()]),
    ] {
        Run::of(example(name).arg("--mock").args(arguments)).await.exits(0);
    }
    assert_eq!(fs::read_to_string(output).unwrap().lines().count(), 2 * 39);
}

#[tokio::test]
async fn each_example_says_what_it_needs() {
    for (name, argument) in [("history", "7"), ("balance", "7"), ("export", "never-written.csv")] {
        Run::of(example(name).arg(argument)).await.exits(1).says("SALLA_ACCESS_TOKEN");
        Run::of(&mut example(name)).await.exits(2).says("Usage: ");
        Run::of(example(name).arg("--colour")).await.exits(2).says("--colour");
        Run::of(example(name).arg("--help")).await.exits(0).says("Options:");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_shown() {
    let mock = Mock::builder().token("good").start().await;
    for name in ["history", "balance"] {
        let run = Run::of(example_of(&mock, name).env("SALLA_ACCESS_TOKEN", "marked-TOKEN").arg("7")).await;
        let run = run.exits(1).says("401 Unauthorized");
        assert!(!format!("{run:?}").contains("marked-TOKEN"));
    }
}

// history

#[tokio::test]
async fn history_prints_every_entry_in_order() {
    let mock = Mock::builder().entries(100).start().await;
    let run = Run::of(example_of(&mock, "history").arg("7")).await.exits(0);
    let points: Vec<u64> =
        run.stdout.lines().map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap()).collect();
    let expected: Vec<u64> = (0..100).map(|index| entry(index)["points"].as_u64().unwrap()).collect();
    assert_eq!(points, expected);
    assert!(run.stdout.starts_with("2024-12-17T17:42:14+03:00[Asia/Riyadh]       900  مؤكدة  مخصصة\n"));
    assert!(mock.requests().iter().all(|request| request.param("customer_id").as_deref() == Some("7")));
}

// balance

/// A mock that answers one page of these entries.
async fn mock_of(entries: Vec<Value>) -> Mock {
    let mut page = documented::payload(200);
    let count = entries.len();
    page["data"] = entries.into();
    page["pagination"] =
        json!({"count": count, "total": count, "perPage": 60, "currentPage": 1, "totalPages": 1, "links": []});
    Mock::builder().fault(Answer::json(200, &page).into()).start().await
}

fn points(points: i64, used: i64, status: &str, expiry: Value) -> Value {
    let mut entry = entry(0);
    (entry["points"], entry["used_points"]) = (points.into(), used.into());
    (entry["status"], entry["expiry_date"]) = (status.into(), expiry);
    entry
}

#[tokio::test]
async fn balance_counts_what_is_confirmed_and_not_expired_less_what_is_used() {
    let confirmed = "مؤكدة";
    let mock = mock_of(vec![
        points(1000, 100, confirmed, json!("2029-02-17 17:42:14")),
        points(500, 0, confirmed, Value::Null),
        points(-200, 0, confirmed, Value::Null),
        points(70, 30, confirmed, json!("2026-12-31 23:59:59")),
        points(7, 0, "معلقة", json!("2029-02-17 17:42:14")),
        points(8, 0, "معلقة", Value::Null),
    ])
    .await;
    let balance = async |arguments: &[&str]| {
        let run = Run::of(example_of(&mock, "balance").arg("7").args(arguments)).await;
        run.exits(0)
    };
    let run = balance(&["--at", "2027-01-01 00:00:00"]).await;
    let run = run.says("Balance of customer 7: 1200 points\n");
    let run = run.says("Counted: 3 entries, 1300 points less 100 used\n");
    let run = run.says("status \"مؤكدة\", not expired at 2027-01-01T00:00:00+03:00[Asia/Riyadh]\n");
    run.says("Left out:\n    expired: 1 entry, 70 points less 30 used\n    status \"معلقة\": 2 entries, 15 points");

    // A second before its end, an entry counts; when it ends depends on the zone.
    balance(&["--at", "2026-12-31 23:59:58"]).await.says("7: 1240 points\n");
    balance(&["--at", "2026-12-31 23:59:59"]).await.says("7: 1200 points\n");
    let riyadh = "2026-12-31T23:59:59+03:00";
    balance(&["--at", riyadh, "--zone", "Asia/Riyadh"]).await.says("7: 1200 points\n");
    balance(&["--at", riyadh, "--zone", "America/New_York"]).await.says("7: 1240 points\n");
    balance(&["--at", riyadh, "--confirmed", "معلقة"]).await.says("7: 15 points\n");
    balance(&[]).await.says("not expired at 20");
}

#[tokio::test]
async fn balance_is_of_all_pages_and_of_nothing_but_all() {
    let expected: i64 = (0..100).map(|i| entry(i)["points"].as_i64().unwrap()).sum();
    let mock = Mock::builder().entries(100).start().await;
    let at = ["7", "--at", "2025-01-01 00:00:00"];
    let run = Run::of(example_of(&mock, "balance").args(at)).await.exits(0);
    run.says(&format!("Balance of customer 7: {expected} points\n")).says("Left out: nothing");
    mock.inject(Answer::new(500, "").into());
    let run = Run::of(example_of(&mock, "balance").args(at)).await.exits(1);
    assert_eq!(run.stdout, "", "a failure is no balance of zero");
}

#[tokio::test]
async fn balance_refuses_a_zone_or_time_that_is_none() {
    for arguments in [["--zone", "Asia/Riyad"], ["--at", "tomorrow"]] {
        Run::of(example("balance").arg("--mock").args(arguments)).await.exits(2).says(arguments[1]);
    }
}

// export

/// An export of customers to a file of its own.
struct Export {
    folder: TempDir,
    mock: Mock,
    file: &'static str,
}

impl Export {
    /// Customers with ids from 1 on, who have this many entries each.
    async fn of(entries: &[u64], file: &'static str, mock: MockBuilder) -> Self {
        let numbered = (1..).zip(entries);
        let mock = numbered.fold(mock, |mock, (id, entries)| mock.customer(id.to_string(), *entries));
        let folder = TempDir::new().unwrap();
        let ids: Vec<_> = (1..=entries.len()).map(|id| id.to_string()).collect();
        fs::write(folder.path().join("customers.csv"), ids.join("\n")).unwrap();
        Self { folder, mock: mock.start().await, file }
    }

    fn input(&self) -> PathBuf {
        self.folder.path().join("customers.csv")
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join(self.file)
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join(format!("{}.journal", self.file))
    }

    fn command(&self) -> Command {
        let mut command = example_of(&self.mock, "export");
        command.arg("--input").arg(self.input()).arg(self.output()).args(["--concurrency", "3"]);
        command
    }

    async fn run(&self) -> Run {
        Run::of(&mut self.command()).await
    }

    fn written(&self) -> String {
        fs::read_to_string(self.output()).unwrap_or_default()
    }

    fn journalled(&self) -> usize {
        fs::read_to_string(self.journal()).unwrap_or_default().lines().count()
    }

    /// Starts an export, and waits until it is well under way: until the journal has this many lines.
    async fn under_way(&self, lines: usize) -> Child {
        let program = self.command().spawn().unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(2));
        for _ in 0..15_000 {
            if self.journalled() >= lines {
                return program;
            }
            ticks.tick().await;
        }
        panic!("the export does not get under way");
    }

    /// Sends the program this signal, and waits for its end.
    async fn stop(&self, program: Child, signal: &str) -> Run {
        let id = program.id().expect("it runs").to_string();
        Command::new("kill").args(["-s", signal, &id]).status().await.unwrap();
        let end = tokio::time::timeout(Duration::from_secs(30), program.wait_with_output()).await;
        Run::read(end.expect("it ends").unwrap())
    }
}

/// Forty customers with histories of up to 80 entries, some with none.
fn forty() -> Vec<u64> {
    (0..40).map(|id| id * 37 % 81).collect()
}

/// So slow that there is time to stop it.
fn slow() -> MockBuilder {
    Mock::builder().latency(Duration::from_millis(20))
}

#[tokio::test]
async fn export_writes_json_lines_in_the_order_of_the_customers() {
    let export = Export::of(&[2, 0, 35], "points.jsonl", Mock::builder()).await;
    export.run().await.exits(0).says("3 of 3 customers are exported: 3 by this run with 37 entries, 0 before\n");
    let lines: Vec<Value> = export.written().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected: Vec<Value> = [("1", 2), ("3", 35)]
        .into_iter()
        .flat_map(|(customer, entries)| (0..entries).map(move |index| (customer, index)))
        .map(|(customer, index)| {
            let mut entry = entry(index);
            entry["customer_id"] = customer.into();
            entry
        })
        .collect();
    assert_eq!(lines, expected);
    assert!(!export.journal().exists());
}

#[tokio::test]
async fn export_writes_csv_with_a_header() {
    let export = Export::of(&[1], "points.CSV", Mock::builder()).await;
    export.run().await.exits(0);
    assert_eq!(
        export.written(),
        "customer_id,created_at,points,used_points,status,name,expiry_date,used_at,order_id,reference_id,notes\n\
         1,2024-12-17 17:42:14.000000 Asia/Riyadh,900,0,مؤكدة,مخصصة,2029-02-17 17:42:14,,98787845454,3215487,reason text\n"
    );
    let export = Export::of(&[], "empty.csv", Mock::builder()).await;
    export.run().await.exits(0);
    assert_eq!(export.written().lines().count(), 1);
}

#[tokio::test]
async fn export_finds_the_ids_in_any_csv_and_reads_each_customer_once() {
    for (csv, ids) in [
        ("7\n8\n", vec!["7", "8"]),
        ("customer_id\n7\n8", vec!["7", "8"]),
        ("name,customer_id\nx,7\n\"y,\nz\",8\nnobody\n", vec!["7", "8"]),
        ("7,x\r\n\r\n 8 \r\n7\n,\n", vec!["7", "8"]),
        ("", vec![]),
    ] {
        let mock = Mock::builder().entries(1).start().await;
        let folder = TempDir::new().unwrap();
        let mut command = example_of(&mock, "export");
        command.arg(folder.path().join("points.jsonl")).args(["--concurrency", "1"]).stdin(Stdio::piped());
        let mut program = command.spawn().unwrap();
        program.stdin.take().unwrap().write_all(csv.as_bytes()).await.unwrap();
        Run::read(program.wait_with_output().await.unwrap()).exits(0);
        let asked: Vec<_> = mock.requests().iter().filter_map(|request| request.param("customer_id")).collect();
        assert_eq!(asked, ids, "{csv:?}");
    }
}

#[tokio::test]
async fn export_does_not_write_over_what_is_there() {
    let export = Export::of(&[1], "points.jsonl", Mock::builder()).await;
    fs::write(export.output(), "precious").unwrap();
    export.run().await.exits(1).says("points.jsonl is there already");
    assert_eq!(export.written(), "precious");
    assert_eq!(export.mock.request_count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_that_is_interrupted_goes_on_to_the_same_result() {
    for file in ["points.csv", "points.jsonl"] {
        let whole = Export::of(&forty(), file, Mock::builder()).await;
        whole.run().await.exits(0);
        let export = Export::of(&forty(), file, slow()).await;
        let program = export.under_way(7).await;
        let run = export.stop(program, "INT").await.exits(130).says("stopped: the same command goes on from here");
        assert!(run.stderr.contains("not tried: "), "{run:?}");
        let part = export.written();
        assert!(part.len() < whole.written().len() && whole.written().starts_with(&part));
        assert!(part.ends_with('\n'));
        let requests = export.mock.request_count();
        export.run().await.exits(0).says("40 of 40 customers are exported");
        assert_eq!(export.written(), whole.written());
        assert!(export.mock.request_count() - requests < whole.mock.request_count(), "what was done is not done again");
        assert!(!export.journal().exists());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_that_crashes_leaves_no_half_record() {
    let whole = Export::of(&forty(), "points.csv", Mock::builder()).await;
    whole.run().await.exits(0);
    let export = Export::of(&forty(), "points.csv", slow()).await;
    for lines in [7, 14] {
        let program = export.under_way(lines).await;
        assert_eq!(export.stop(program, "KILL").await.code, None);
        // As if it had been in the middle of a history, and of a line of the journal.
        for (file, torn) in [(export.output(), "9,2024-12-17 17:4"), (export.journal(), "{\"customer\":\"9\",\"e")] {
            let text = fs::read_to_string(&file).unwrap() + torn;
            fs::write(&file, text).unwrap();
        }
    }
    export.run().await.exits(0);
    assert_eq!(export.written(), whole.written());
}

#[tokio::test]
async fn an_export_tells_which_customers_failed_and_tries_them_again() {
    let refused = Answer::json(422, &documented::payload(422));
    let export = Export::of(&[1, 1, 1, 1], "points.jsonl", Mock::builder().fault_on(1, refused.into())).await;
    let command = || {
        let mut command = export.command();
        command.args(["--concurrency", "1"]);
        command
    };
    let run = Run::of(&mut command()).await.exits(1).says("3 of 4 customers are exported");
    let run = run.says("failed: 2: GET /customers/loyalty/points: 422 Unprocessable Entity");
    run.says("not complete: the same command tries again what is missing");
    assert_eq!(export.mock.request_count(), 4);
    Run::of(&mut command())
        .await
        .exits(0)
        .says("4 of 4 customers are exported: 1 by this run with 1 entries, 3 before");
    assert_eq!(export.mock.request_count(), 5);
    let ids: Vec<_> = export.written().lines().map(|line| line[..18].to_owned()).collect();
    assert_eq!(ids, ["1", "3", "4", "2"].map(|id| format!("{{\"customer_id\":\"{id}\"")));
}

#[tokio::test]
async fn an_export_stops_when_the_token_is_refused() {
    let export = Export::of(&[1; 40], "points.jsonl", Mock::builder().token("another")).await;
    export.run().await.exits(1).says("0 of 40 customers are exported").says("not tried: 39 customers");
    assert!(export.mock.request_count() <= 3, "it is not tried for all of them");
}

#[tokio::test]
async fn an_export_waits_where_the_api_tells_it_to() {
    let busy = Fault::RateLimited(RetryAfter::Seconds(1));
    let export = Export::of(&[1; 9], "points.jsonl", Mock::builder().fault_first(2, busy)).await;
    export.run().await.exits(0).says("9 of 9 customers are exported");
}

#[tokio::test]
async fn an_export_does_not_trust_a_journal_that_does_not_fit() {
    let export = Export::of(&[1], "points.jsonl", Mock::builder()).await;
    for (journal, said) in
        [("{\"customer\":\"1\",\"end\":9}\n", "shorter than"), ("nonsense\n", "points.jsonl.journal: ")]
    {
        fs::write(export.journal(), journal).unwrap();
        export.run().await.exits(1).says(said);
        assert_eq!(fs::read_to_string(export.journal()).unwrap(), journal);
    }
}
