// No answer changes by a compaction.

import Columnar
import EvtCore
import Foundation
import Ingest
import Store
import TestSupport
import Testing

@Suite("Answers around a compaction") struct CompactAnswersTests {
  /// Questions of every kind. None leaves to chance what of equals comes first.
  private static let questions = [
    "evt query --agg count,users,sessions",
    "evt query --by event --agg count,users,sum:total,p95:total",
    "evt query --by country,device --agg count,users --top 7",
    "evt query --event purchase --by currency --agg count,sum:total,avg:total",
    "evt query --where 'price > 20 and country = \"DE\"' --by event --agg count,users",
    "evt query 'SELECT user_id, count() AS c, min(timestamp) AS a, max(timestamp) AS z FROM events"
      + " GROUP BY user_id ORDER BY c DESC, user_id LIMIT 40'",
    "evt query 'SELECT toDate(timestamp) AS d, uniqExact(user_id) AS u, uniqExact(session_id) AS s"
      + " FROM events GROUP BY d ORDER BY d'",
    "evt query 'SELECT event_id, event, timestamp FROM events ORDER BY event_id, timestamp LIMIT 50'",
    "evt trend page_view,purchase --every hour",
    "evt trend --every day --by country --agg count,users",
    "evt funnel page_view,add_to_cart,purchase --window 30m",
    "evt funnel page_view,product_view,add_to_cart,purchase --window 7d --by device",
    "evt funnel page_view,purchase --window 2d --users reached:2",
    "evt cohort --every day", "evt cohort --start page_view --every hour --by device",
    "evt query --raw --columns event_id,timestamp,user_id,event,total",
  ]

  private static func load(_ path: String, into store: Store, isForced: Bool) throws {
    let pool = WorkerPool(threads: 2)
    let transaction = try store.beginIngest(
      pool: pool, memoryBytes: 64 << 20, repeats: isForced ? .load : .refuse)
    var options = IngestOptions(now: 1_800_000_000_000_000_000)
    options.force = isForced
    let run = IngestRun(
      inputs: [path], options: options, sink: transaction, pool: pool, rejects: { _ in })
    _ = try run.run()
    _ = try transaction.commit()
  }

  private static func answers(in folder: String) throws -> [String] {
    try questions.map { question in
      let result = try Program.shell(question + " -f csv --store store", in: folder)
      #expect(result.status == 0, "\(question): \(result.stderr)")
      // Events come in order of time; those of the same time in any.
      let isRaw = question.contains("--raw")
      return isRaw ? result.stdout.split(separator: "\n").sorted().joined() : result.stdout
    }
  }

  @Test("every question has the same answer, also with late rows and duplicates")
  func everyQuestion() throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededGenerator(seed: seed)
    let directory = try WorkDirectory()
    let store = try Store.create(at: directory.path + "/store")
    // In process, where no compaction follows a commit.
    for number in 0..<9 {
      let start = Int.random(in: 1...6, using: &random)
      let made = try Program.shell(
        """
        evt gen --rows \(Int.random(in: 1...3_000, using: &random)) --days 3 --users 40 \
          --seed \(Int.random(in: 0...9_999, using: &random)) --start 2025-03-0\(start) -o \(number)
        """, in: directory.path)
      #expect(made.status == 0, "\(made.stderr)")
      let name = "\(directory.path)/\(number)"
      for isForced in number % 3 == 0 ? [false, true] : [false] {
        try Self.load(name, into: store, isForced: isForced)
      }
    }
    let segments = try store.snapshot().segments.count
    let before = try Self.answers(in: directory.path)
    for command in ["evt compact", "evt compact --all", "evt compact --all"] {
      let compacted = try Program.shell(command + " --store store", in: directory.path)
      #expect(compacted == ProgramResult(stdout: "", stderr: "", status: 0), "seed \(seed)")
      let after = try Self.answers(in: directory.path)
      for (question, (left, right)) in zip(Self.questions, zip(before, after)) {
        #expect(left == right, "seed \(seed), \(command): \(question)")
      }
      let verified = try Program.shell(
        "evt verify --store store -f csv | grep -v ,pass,", in: directory.path)
      #expect(verified.stdout == "check,status,observed,expected,detail\n", "seed \(seed)")
    }
    let days = Set(try store.snapshot().segments.map(\.summary.day)).count
    #expect(try store.snapshot().segments.count == days && segments > 4 * days - 4)
  }
}
