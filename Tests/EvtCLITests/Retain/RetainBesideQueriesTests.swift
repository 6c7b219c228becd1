// Ingests, retains, compactions and queries at once, each a process of its own.

import Foundation
import TestSupport
import Testing

@Suite("Queries beside ingests, retains and compactions", .serialized)
struct RetainBesideQueriesTests {
  /// How long; EVT_TEST_SECONDS sets it.
  private static let seconds =
    ProcessInfo.processInfo.environment["EVT_TEST_SECONDS"].flatMap { Int($0) } ?? 6
  private static let readers = 4

  private struct Answer: Decodable {
    struct Meta: Decodable { var generation: Int }
    struct Row: Decodable {
      var count: Int?
      var rows: Int?
      var remaining_rows: Int?
      var expired: Int?
    }
    var meta: Meta
    var data: [Row]
  }

  /// The answers that a loop has written to `name`, one after another.
  private static func answers(_ name: String, in folder: String) throws -> [Answer] {
    let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    return try text.components(separatedBy: "]}\n").filter { !$0.isEmpty }.map {
      try JSONDecoder().decode(Answer.self, from: Data(($0 + "]}").utf8))
    }
  }

  @Test("every answer is the total of its generation, and no process ever fails")
  func everybodyAtOnce() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let folder = directory.path
    // A day passes with each ingest; some rows of each come ten days late.
    let result = try Program.shell(
      """
      export EVT_STORE=store
      day() { date -u -d "2025-01-01 + $1 days" +%F; }
      evt gen --rows 100 --days 1 --start 2025-01-01 | evt ingest - || exit 1
      echo 0 > clock
      ( for i in $(seq 1 10000); do
          [ -e stop ] && break
          evt gen --rows 40 --days 1 --seed $i --start $(day $i) > new
          evt gen --rows 7 --days 1 --seed $i --start $(day $((i - 10))) >> new
          evt ingest new -q -f json >> ingest.log || echo ingest >> failed
          echo $i > clock.new; mv clock.new clock
        done ) &
      ( while [ ! -e stop ]; do
          evt retain --days 5 --force --now $(day $(cat clock)) -q -f json >> retain.log \\
            || echo retain >> failed
        done ) &
      ( while [ ! -e stop ]; do
          evt compact --all -q -f json >> compact.log || echo compact >> failed
        done ) &
      for reader in $(seq \(Self.readers)); do
        ( while [ ! -e stop ]; do
            evt query --agg count -f json >> query.$reader || echo query >> failed
            evt query --by event --agg users -f json > /dev/null || echo users >> failed
          done ) &
      done
      sleep \(Self.seconds); touch stop; wait
      evt ingest Samples/none -q 2> /dev/null
      evt gen --rows 1 --start $(day $(cat clock)) | evt ingest - -q
      evt verify -f csv | grep -v ,pass,
      test ! -e failed
      """, in: folder)
    #expect(result.stderr == "" && result.status == 0, "\(result)")
    #expect(result.stdout == "check,status,observed,expected,detail\n", "\(result)")

    var totals = [0: 0, 1: 100]
    let ingests = try Self.answers("ingest.log", in: folder)
    let retains = try Self.answers("retain.log", in: folder)
    let added = Dictionary(ingests.map { ($0.meta.generation, $0.data[0].rows ?? 0) }) { $1 }
    for retain in retains { totals[retain.meta.generation] = retain.data[0].remaining_rows }
    let compactions = try Self.answers("compact.log", in: folder)
    // A retain knows its total. All other generations are of compactions, also of those behind an
    // ingest, and change nothing.
    let last = (added.keys.max() ?? 0) + 1
    for generation in 2...last {
      let total = try #require(totals[generation - 1]) + (added[generation] ?? 0)
      if added[generation] != nil {
        #expect(totals[generation] == nil || totals[generation] == total)
      }
      totals[generation] = added[generation] == nil ? totals[generation] ?? total : total
    }
    #expect(Set(compactions.map(\.meta.generation)).count > 3)
    #expect(ingests.contains { ($0.data[0].expired ?? 0) > 0 })
    #expect(Set(retains.map(\.meta.generation)).count > 3)
    for reader in 1...Self.readers {
      let answers = try Self.answers("query.\(reader)", in: folder)
      #expect(answers.count > 5)
      for answer in answers {
        #expect(answer.data[0].count == totals[answer.meta.generation], "\(answer)")
      }
      let generations = answers.map(\.meta.generation)
      #expect(generations == generations.sorted())
    }
  }
}
