// evt ingest --follow as a process among others: logs grow under it, and it is killed.

import Columnar
import Store
import TestSupport
import Testing

@Suite("A process that follows")
struct FollowTests {
  /// What every script needs: lines with numbers, and waiting until so many rows are committed.
  private static let prelude = """
    line() { for n in "$@"; do
      echo "{\\"event\\":\\"e\\",\\"user_id\\":\\"u$n\\",\\"timestamp\\":\\"2025-03-01\\",\\"n\\":$n}"
    done; }
    count() { evt query --store s --agg count -f csv 2>/dev/null | tail -n 1; }
    reach() { for i in $(seq 300); do
      [ "$(count)" = "$1" ] && return; sleep 0.1
    done; echo "never $1, but $(count)"; }
    numbers() { evt query --store s 'SELECT n FROM events ORDER BY n' -f csv | tail -n +2 | tr '\\n' ' '; }

    """

  private func run(_ script: String, _ directory: WorkDirectory) throws -> ProgramResult {
    try Program.shell(
      Self.prelude + script, in: directory.path, environment: ["EVT_NOW": "2025-03-17T00:00:00Z"])
  }

  @Test("growing, renaming and cutting lose and double nothing, and a signal ends it cleanly")
  func lifeOfALog() throws {
    let directory = try WorkDirectory()
    let result = try run(
      """
      line 1 2 > a.log
      evt ingest --store s --follow --flush 100ms a.log b.log -f json > summary & pid=$!
      reach 2
      line 3 >> a.log; line 100 > b.log
      reach 4
      mv a.log a.log.1; line 4 >> a.log.1; line 5 > a.log
      reach 6
      cp a.log a.copy; : > a.log; sleep 0.5; line 6 >> a.log
      reach 7
      printf '{"event":"e","times' >> a.log
      sleep 0.5
      printf 'tamp":"2025-03-01","n":7}\\n' >> a.log
      kill -TERM $pid; wait $pid; echo "status $?"
      numbers
      grep -o '"rows":[0-9]*' summary
      evt ingest --store s a.log -v 2>&1 | grep -o 'skipped, loaded before'
      evt verify --store s >/dev/null && echo sound
      """, directory)
    #expect(
      result.stdout
        == "status 143\n1 2 3 4 5 6 7 100 \"rows\":8\nskipped, loaded before\nsound\n", "\(result)")
  }

  @Test("SIGINT ends it with status 130, and a committed store")
  func interrupt() throws {
    let directory = try WorkDirectory()
    let result = try run(
      """
      set -m
      line 1 2 3 > a.log
      evt ingest --store s --follow a.log & pid=$!
      sleep 1
      kill -INT $pid; wait $pid; echo "status $?"
      numbers
      """, directory)
    #expect(result.stdout == "status 130\n1 2 3 ", "\(result)")
  }

  @Test("a process that is killed at any moment goes on where its last commit ended")
  func kills() throws {
    let directory = try WorkDirectory()
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededGenerator(seed: seed)
    let delays = (0..<25).map { _ in String(Double(20 + random.below(300)) / 1_000) }
    let result = try run(
      """
      (for n in $(seq 3000); do line $n; [ $((n % 20)) = 0 ] && sleep 0.02; done >> a.log; : > done) &
      for delay in \(delays.joined(separator: " ")); do
        evt ingest --store s --follow --flush 20ms,50 a.log 2>> errors & pid=$!
        sleep $delay; kill -KILL $pid; wait $pid 2>/dev/null
      done
      while [ ! -e done ]; do sleep 0.1; done
      evt ingest --store s --follow --flush 20ms,50 a.log & pid=$!
      reach 3000
      kill $pid; wait $pid
      evt query --store s 'SELECT count(), uniqExact(n), min(n), max(n) FROM events' -f csv | tail -n 1
      evt verify --store s > /dev/null && echo sound
      ls s/tmp | wc -l
      cat errors
      """, directory)
    #expect(result.stdout == "3000,3000,1,3000\nsound\n0\n", "seed \(seed): \(result)")
  }

  @Test("one run and one entry in the ledger, however many commits")
  func oneRun() throws {
    let directory = try WorkDirectory()
    let result = try run(
      """
      : > a.log
      evt ingest --store s --follow --flush 50ms a.log & pid=$!
      for n in 1 2 3 4 5; do line $n >> a.log; reach $n; done
      kill $pid; wait $pid
      """, directory)
    #expect(result.stdout == "", "\(result)")
    let snapshot = try Store.open(at: directory.path + "/s").snapshot()
    #expect(snapshot.ledger.count == 1 && snapshot.ledger.first?.source.rows == 5)
    #expect(Set(snapshot.segments.flatMap(\.runs)).count == 1 && snapshot.generation >= 5)
  }

  @Test("another ingest of the same file is told from it, and ends it")
  func overlap() throws {
    let directory = try WorkDirectory()
    let result = try run(
      """
      line 1 > a.log
      evt ingest --store s --follow --flush 4s a.log & pid=$!
      reach 1
      line 2 >> a.log; evt ingest --store s a.log; line 3 >> a.log
      wait $pid; echo "status $?"
      evt ingest --store s a.log
      numbers
      """, directory)
    #expect(result.stdout == "status 75\n1 2 3 ", "\(result)")
    #expect(result.stderr.contains("another evt has ingested a.log"))
  }

  @Test(
    "what cannot be followed is a usage error",
    arguments: [
      ("evt ingest --store s --follow -", "standard input is none"),
      ("evt ingest --store s --follow .", ". is none"),
      ("evt ingest --store s --follow --dry-run a.log", "cannot be joined with --dry-run"),
      ("evt ingest --store s --flush 5s a.log", "--flush is for --follow"),
      ("evt ingest --store s --follow --flush soon a.log", "cannot read --flush \"soon\""),
    ])
  func usage(command: String, message: String) throws {
    let directory = try WorkDirectory()
    let result = try run(command, directory)
    #expect(result.status == 2 && result.stderr.contains(message), "\(result)")
  }
}
