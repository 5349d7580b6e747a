//! The examples, run as programs: their output, their exit codes, and that an interrupted export continues to the same
//! result.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use salla_loyalty_points_tests::documented;
use salla_loyalty_points_tests::fake::{CannedResponse, ClosedPort, FakeApi, FakeApiBuilder, Fault, RetryAfter, entry};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// Returns a command that runs an example. `cargo test` builds the examples, except when it runs a single test target.
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

/// Returns a command that runs an example with this fake server in place of production.
fn example_with(fake: &FakeApi, name: &str) -> Command {
    let mut command = example(name);
    command.env("SALLA_ACCESS_TOKEN", "any").env("SALLA_BASE_URL", fake.base_url());
    command
}

/// The output and the exit code of a program.
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
    fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "{text:?} is not printed: {self:#?}");
        self
    }
}

// All examples

#[tokio::test]
async fn each_example_works_without_an_account() {
    let folder = TempDir::new().unwrap();
    let (input, output) = (folder.path().join("in.csv"), folder.path().join("out.jsonl"));
    fs::write(&input, "1\n2\n").unwrap();
    for (name, arguments) in [
        ("history", vec![]),
        ("balance", vec![]),
        ("export", vec!["--input".as_ref(), input.as_os_str(), output.as_os_str()]),
        ("award", ["--add", "900", "--reason", "a gift", "--apply"].map(AsRef::as_ref).into()),
    ] {
        Run::of(example(name).arg("--fake").args(arguments)).await.exits(0);
    }
    assert_eq!(fs::read_to_string(output).unwrap().lines().count(), 2 * 39);
}

#[tokio::test]
async fn each_example_reports_a_missing_token_and_invalid_arguments() {
    let award = &["--add", "5", "--reason", "a gift", "--apply", "7"][..];
    for (name, arguments) in
        [("history", &["7"][..]), ("balance", &["7"]), ("export", &["never-written.csv"]), ("award", award)]
    {
        Run::of(example(name).args(arguments)).await.exits(1).prints("SALLA_ACCESS_TOKEN");
        Run::of(&mut example(name)).await.exits(2).prints("Usage: ");
        Run::of(example(name).arg("--colour")).await.exits(2).prints("--colour");
        Run::of(example(name).arg("--help")).await.exits(0).prints("Options:");
    }
}

#[tokio::test]
async fn a_refused_token_is_not_printed() {
    let fake = FakeApi::builder().token("good").start().await;
    for (name, arguments) in
        [("history", &["7"][..]), ("balance", &["7"]), ("award", &["--add", "5", "--reason", "a gift", "--apply", "7"])]
    {
        let run = Run::of(example_with(&fake, name).env("SALLA_ACCESS_TOKEN", "marked-TOKEN").args(arguments)).await;
        let run = run.exits(1).prints("401 Unauthorized");
        assert!(!format!("{run:?}").contains("marked-TOKEN"));
    }
}

// history

#[tokio::test]
async fn history_draws_the_picture_of_the_readme() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("balance.svg");
    Run::of(example("history").args(["--fake", "--svg"]).arg(&path)).await.exits(0);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/history/balance.svg");
    let committed = fs::read_to_string(committed).unwrap().replace("\r\n", "\n");
    assert_eq!(fs::read_to_string(path).unwrap(), committed, "`history --fake --svg` draws it again");
}

#[tokio::test]
async fn history_prints_every_entry_in_order() {
    let fake = FakeApi::builder().entries(100).start().await;
    let run = Run::of(example_with(&fake, "history").arg("7")).await.exits(0);
    let points: Vec<u64> =
        run.stdout.lines().map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap()).collect();
    let expected: Vec<u64> = (0..100).map(|index| entry(index)["points"].as_u64().unwrap()).collect();
    assert_eq!(points, expected);
    assert!(run.stdout.starts_with("2024-12-17T17:42:14+03:00[Asia/Riyadh]       900  مؤكدة  مخصصة\n"));
    assert!(fake.requests().iter().all(|request| request.param("customer_id").as_deref() == Some("7")));
}

// balance

/// Starts a fake server that responds with one page of these entries.
async fn fake_with(entries: Vec<Value>) -> FakeApi {
    let mut page = documented::payload(200);
    let count = entries.len();
    page["data"] = entries.into();
    page["pagination"] =
        json!({"count": count, "total": count, "perPage": 60, "currentPage": 1, "totalPages": 1, "links": []});
    FakeApi::builder().fault(CannedResponse::json(200, &page).into()).start().await
}

fn points(points: i64, used: i64, status: &str, expiry: Value) -> Value {
    let mut entry = entry(0);
    (entry["points"], entry["used_points"]) = (points.into(), used.into());
    (entry["status"], entry["expiry_date"]) = (status.into(), expiry);
    entry
}

#[tokio::test]
async fn balance_is_confirmed_and_unexpired_points_less_used_points() {
    let confirmed = "مؤكدة";
    let fake = fake_with(vec![
        points(1000, 100, confirmed, json!("2029-02-17 17:42:14")),
        points(500, 0, confirmed, Value::Null),
        points(-200, 0, confirmed, Value::Null),
        points(70, 30, confirmed, json!("2026-12-31 23:59:59")),
        points(7, 0, "معلقة", json!("2029-02-17 17:42:14")),
        points(8, 0, "معلقة", Value::Null),
    ])
    .await;
    let balance = async |arguments: &[&str]| {
        let run = Run::of(example_with(&fake, "balance").arg("7").args(arguments)).await;
        run.exits(0)
    };
    let run = balance(&["--at", "2027-01-01 00:00:00"]).await;
    let run = run.prints("Balance of customer 7: 1200 points\n");
    let run = run.prints("Counted: 3 entries, 1300 points less 100 used\n");
    let run = run.prints("status \"مؤكدة\", not expired at 2027-01-01T00:00:00+03:00[Asia/Riyadh]\n");
    run.prints("Left out:\n    expired: 1 entry, 70 points less 30 used\n    status \"معلقة\": 2 entries, 15 points");

    // An entry counts until the second before its expiry, which depends on the zone.
    balance(&["--at", "2026-12-31 23:59:58"]).await.prints("7: 1240 points\n");
    balance(&["--at", "2026-12-31 23:59:59"]).await.prints("7: 1200 points\n");
    let riyadh = "2026-12-31T23:59:59+03:00";
    balance(&["--at", riyadh, "--zone", "Asia/Riyadh"]).await.prints("7: 1200 points\n");
    balance(&["--at", riyadh, "--zone", "America/New_York"]).await.prints("7: 1240 points\n");
    balance(&["--at", riyadh, "--confirmed", "معلقة"]).await.prints("7: 15 points\n");
    balance(&[]).await.prints("not expired at 20");
}

#[tokio::test]
async fn balance_includes_all_pages_or_is_not_printed() {
    let expected: i64 = (0..100).map(|i| entry(i)["points"].as_i64().unwrap()).sum();
    let fake = FakeApi::builder().entries(100).start().await;
    let at = ["7", "--at", "2025-01-01 00:00:00"];
    let run = Run::of(example_with(&fake, "balance").args(at)).await.exits(0);
    run.prints(&format!("Balance of customer 7: {expected} points\n")).prints("Left out: nothing");
    fake.inject(CannedResponse::new(500, "").into());
    let run = Run::of(example_with(&fake, "balance").args(at)).await.exits(1);
    assert_eq!(run.stdout, "", "no balance is printed after a failure");
}

#[tokio::test]
async fn balance_refuses_an_invalid_zone_or_time() {
    for arguments in [["--zone", "Asia/Riyad"], ["--at", "tomorrow"]] {
        Run::of(example("balance").arg("--fake").args(arguments)).await.exits(2).prints(arguments[1]);
    }
}

// award

/// Returns a command that runs the example `award` for customer 7.
fn award(fake: &FakeApi, arguments: &[&str]) -> Command {
    let mut command = example_with(fake, "award");
    command.args(["--reason", "a gift", "7"]).args(arguments);
    command
}

#[tokio::test]
async fn award_sends_nothing_without_apply() {
    let fake = FakeApi::start().await;
    let run = Run::of(&mut award(&fake, &["--add", "900", "8"])).await.exits(0);
    run.prints("Add 900 points to each of these customers:\n    7, 8\n").prints("Nothing was sent.");
    assert_eq!(fake.request_count(), 0);
}

#[tokio::test]
async fn award_adds_and_deducts_the_points_of_all_customers() {
    let fake = FakeApi::builder().entries(0).start().await;
    let message = documented::update_payload(201)["data"]["message"].as_str().unwrap().to_owned();
    Run::of(&mut award(&fake, &["--add", "900", "--apply", "8"])).await.exits(0).prints(&message);
    let deducted = Run::of(&mut award(&fake, &["--deduct", "50", "--apply", "--notify", "email,sms"])).await.exits(0);
    deducted.prints("Deduct 50 points from each of these customers:\n    7\n").prints("Notify by: email, sms\n");
    for (customer, expected) in [("7", vec!["-50", "900"]), ("8", vec!["900"])] {
        let history = Run::of(example_with(&fake, "history").arg(customer)).await.exits(0);
        let points: Vec<_> = history.stdout.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
        assert_eq!(points, expected);
    }
}

#[tokio::test]
async fn award_explains_a_failure_and_whether_the_points_can_have_changed() {
    let refused = |status| Fault::from(CannedResponse::json(status, &documented::update_payload(status)));
    let (unchanged, unknown) = ("No points were changed.", "The points may have been changed.");
    for (fault, explanation, outcome) in [
        (refused(400), "The API could not update the points: حدث خطأ", unchanged),
        (refused(401), "Use a valid token with the scope customers.read_write.", unchanged),
        (refused(422), "These values are not valid:\n    customers: حقل customers غير صالح", unchanged),
        (Fault::RateLimited(RetryAfter::Missing), "Wait, and run the same command again.", unchanged),
        (Fault::Unavailable, "503 Service Unavailable", unknown),
        (Fault::BadGateway, "502 Bad Gateway", unknown),
        (Fault::ResetInBody, "the body is incomplete", unknown),
        (Fault::ClosedBeforeHeaders, "no response", unknown),
    ] {
        let fake = FakeApi::builder().fault(fault).start().await;
        let run = Run::of(&mut award(&fake, &["--add", "5", "--apply"])).await.exits(1);
        run.prints(explanation).prints(outcome);
        assert_eq!(fake.request_count(), 1, "{explanation}");
    }
    let closed = ClosedPort::reserve();
    let mut command = example("award");
    command.env("SALLA_ACCESS_TOKEN", "any").env("SALLA_BASE_URL", closed.base_url());
    let run = Run::of(command.args(["--add", "5", "--reason", "a gift", "--apply", "7"])).await.exits(1);
    run.prints("cannot connect").prints(unchanged);
}

#[tokio::test]
async fn award_refuses_arguments_that_are_not_one_clear_update() {
    let fake = FakeApi::start().await;
    for (arguments, message) in [
        (&[][..], "expected one of --add and --deduct"),
        (&["--add", "5", "--deduct", "5"], "expected one of --add and --deduct"),
        (&["--add", "0"], "expected at least 1"),
        (&["--add=-5"], "expected at least 1"),
        (&["--add", "5", "7"], "expected each CUSTOMER once, found 7 twice"),
        (&["--add", "5", "seven"], "seven"),
        (&["--add", "5", "--notify", "email,post"], "unknown channel `post`"),
    ] {
        Run::of(award(&fake, arguments).arg("--apply")).await.exits(2).prints(message);
    }
    assert_eq!(fake.request_count(), 0);
}

// export

/// An export in a temporary folder, with its own fake server.
struct Export {
    folder: TempDir,
    fake: FakeApi,
    file: &'static str,
}

impl Export {
    /// Prepares an export of customers with ids from 1 on, who have these numbers of entries.
    async fn new(entries: &[u64], file: &'static str, fake: FakeApiBuilder) -> Self {
        let numbered = (1..).zip(entries);
        let fake = numbered.fold(fake, |fake, (id, entries)| fake.customer(id.to_string(), *entries));
        let folder = TempDir::new().unwrap();
        let ids: Vec<_> = (1..=entries.len()).map(|id| id.to_string()).collect();
        fs::write(folder.path().join("customers.csv"), ids.join("\n")).unwrap();
        Self { folder, fake: fake.start().await, file }
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
        let mut command = example_with(&self.fake, "export");
        command.arg("--input").arg(self.input()).arg(self.output()).args(["--concurrency", "3"]);
        command
    }

    async fn run(&self) -> Run {
        Run::of(&mut self.command()).await
    }

    fn output_text(&self) -> String {
        fs::read_to_string(self.output()).unwrap_or_default()
    }

    fn journal_lines(&self) -> usize {
        fs::read_to_string(self.journal()).unwrap_or_default().lines().count()
    }

    /// Starts an export, and waits until its journal has this many lines.
    async fn start_until(&self, lines: usize) -> Child {
        let program = self.command().spawn().unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(2));
        for _ in 0..15_000 {
            if self.journal_lines() >= lines {
                return program;
            }
            ticks.tick().await;
        }
        panic!("the export makes no progress");
    }

    /// Sends a signal to the program, and waits for its exit.
    async fn stop(&self, program: Child, signal: &str) -> Run {
        let id = program.id().expect("the program runs").to_string();
        Command::new("kill").args(["-s", signal, &id]).status().await.unwrap();
        let exit = tokio::time::timeout(Duration::from_secs(30), program.wait_with_output()).await;
        Run::read(exit.expect("the program exits").unwrap())
    }
}

/// Returns the numbers of entries of forty customers, from 0 to 80.
fn forty_customers() -> Vec<u64> {
    (0..40).map(|id| id * 37 % 81).collect()
}

/// Returns a fake server that is slow enough for a test to stop an export.
fn slow_fake() -> FakeApiBuilder {
    FakeApi::builder().latency(Duration::from_millis(20))
}

#[tokio::test]
async fn export_writes_json_lines_in_the_order_of_the_customers() {
    let export = Export::new(&[2, 0, 35], "points.jsonl", FakeApi::builder()).await;
    export.run().await.exits(0).prints("3 of 3 customers are exported: 3 by this run with 37 entries, 0 before\n");
    let lines: Vec<Value> = export.output_text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
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
    let export = Export::new(&[1], "points.CSV", FakeApi::builder()).await;
    export.run().await.exits(0);
    assert_eq!(
        export.output_text(),
        "customer_id,created_at,points,used_points,status,name,expiry_date,used_at,order_id,reference_id,notes\n\
         1,2024-12-17 17:42:14.000000 Asia/Riyadh,900,0,مؤكدة,مخصصة,2029-02-17 17:42:14,,98787845454,3215487,reason text\n"
    );
    let export = Export::new(&[], "empty.csv", FakeApi::builder()).await;
    export.run().await.exits(0);
    assert_eq!(export.output_text().lines().count(), 1);
}

#[tokio::test]
async fn export_accepts_any_csv_and_reads_each_customer_once() {
    for (csv, ids) in [
        ("7\n8\n", vec!["7", "8"]),
        ("customer_id\n7\n8", vec!["7", "8"]),
        ("name,customer_id\nx,7\n\"y,\nz\",8\nnobody\n", vec!["7", "8"]),
        ("7,x\r\n\r\n 8 \r\n7\n,\n", vec!["7", "8"]),
        ("", vec![]),
    ] {
        let fake = FakeApi::builder().entries(1).start().await;
        let folder = TempDir::new().unwrap();
        let mut command = example_with(&fake, "export");
        command.arg(folder.path().join("points.jsonl")).args(["--concurrency", "1"]).stdin(Stdio::piped());
        let mut program = command.spawn().unwrap();
        program.stdin.take().unwrap().write_all(csv.as_bytes()).await.unwrap();
        Run::read(program.wait_with_output().await.unwrap()).exits(0);
        let requested: Vec<_> = fake.requests().iter().filter_map(|request| request.param("customer_id")).collect();
        assert_eq!(requested, ids, "{csv:?}");
    }
}

#[tokio::test]
async fn export_does_not_overwrite_a_file() {
    let export = Export::new(&[1], "points.jsonl", FakeApi::builder()).await;
    fs::write(export.output(), "precious").unwrap();
    export.run().await.exits(1).prints("points.jsonl exists already");
    assert_eq!(export.output_text(), "precious");
    assert_eq!(export.fake.request_count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn an_interrupted_export_continues_to_the_same_result() {
    for file in ["points.csv", "points.jsonl"] {
        let whole = Export::new(&forty_customers(), file, FakeApi::builder()).await;
        whole.run().await.exits(0);
        let export = Export::new(&forty_customers(), file, slow_fake()).await;
        let program = export.start_until(7).await;
        let run =
            export.stop(program, "INT").await.exits(130).prints("stopped: run the same command again to continue");
        assert!(run.stderr.contains("not tried: "), "{run:?}");
        let part = export.output_text();
        assert!(part.len() < whole.output_text().len() && whole.output_text().starts_with(&part));
        assert!(part.ends_with('\n'));
        let requests = export.fake.request_count();
        export.run().await.exits(0).prints("40 of 40 customers are exported");
        assert_eq!(export.output_text(), whole.output_text());
        assert!(
            export.fake.request_count() - requests < whole.fake.request_count(),
            "exported customers are not requested again"
        );
        assert!(!export.journal().exists());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_removes_the_partial_records_of_a_crash() {
    let whole = Export::new(&forty_customers(), "points.csv", FakeApi::builder()).await;
    whole.run().await.exits(0);
    let export = Export::new(&forty_customers(), "points.csv", slow_fake()).await;
    for lines in [7, 14] {
        let program = export.start_until(lines).await;
        assert_eq!(export.stop(program, "KILL").await.code, None);
        // Simulates a crash in the middle of a history and of a line of the journal.
        for (file, partial) in [(export.output(), "9,2024-12-17 17:4"), (export.journal(), "{\"customer\":\"9\",\"e")] {
            let text = fs::read_to_string(&file).unwrap() + partial;
            fs::write(&file, text).unwrap();
        }
    }
    export.run().await.exits(0);
    assert_eq!(export.output_text(), whole.output_text());
}

#[tokio::test]
async fn an_export_reports_failed_customers_and_retries_them() {
    let refused = CannedResponse::json(422, &documented::payload(422));
    let export = Export::new(&[1, 1, 1, 1], "points.jsonl", FakeApi::builder().fault_on(1, refused.into())).await;
    let command = || {
        let mut command = export.command();
        command.args(["--concurrency", "1"]);
        command
    };
    let run = Run::of(&mut command()).await.exits(1).prints("3 of 4 customers are exported");
    let run = run.prints("failed: 2: GET /customers/loyalty/points: 422 Unprocessable Entity");
    run.prints("incomplete: run the same command again to retry the missing customers");
    assert_eq!(export.fake.request_count(), 4);
    Run::of(&mut command())
        .await
        .exits(0)
        .prints("4 of 4 customers are exported: 1 by this run with 1 entries, 3 before");
    assert_eq!(export.fake.request_count(), 5);
    let ids: Vec<_> = export.output_text().lines().map(|line| line[..18].to_owned()).collect();
    assert_eq!(ids, ["1", "3", "4", "2"].map(|id| format!("{{\"customer_id\":\"{id}\"")));
}

#[tokio::test]
async fn an_export_stops_when_the_token_is_refused() {
    let export = Export::new(&[1; 40], "points.jsonl", FakeApi::builder().token("another")).await;
    export.run().await.exits(1).prints("0 of 40 customers are exported").prints("not tried: 39 customers");
    assert!(export.fake.request_count() <= 3, "the other customers are not requested");
}

#[tokio::test]
async fn an_export_waits_as_retry_after_demands() {
    let busy = Fault::RateLimited(RetryAfter::Seconds(1));
    let export = Export::new(&[1; 9], "points.jsonl", FakeApi::builder().fault_first(2, busy)).await;
    export.run().await.exits(0).prints("9 of 9 customers are exported");
}

#[tokio::test]
async fn an_export_refuses_a_journal_that_does_not_match() {
    let export = Export::new(&[1], "points.jsonl", FakeApi::builder()).await;
    for (journal, message) in
        [("{\"customer\":\"1\",\"end\":9}\n", "shorter than"), ("nonsense\n", "points.jsonl.journal: ")]
    {
        fs::write(export.journal(), journal).unwrap();
        export.run().await.exits(1).prints(message);
        assert_eq!(fs::read_to_string(export.journal()).unwrap(), journal);
    }
}
