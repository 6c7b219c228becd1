// What an answer has cost: time by stage, and what was read.

import Columnar
import Store

/// The cost of one answer, in the course of it.
struct AnswerCost {
  private let clock = Stopwatch()
  private let start = ContinuousClock.now
  /// With a clock that stands still nothing takes time: the same question prints the same bytes.
  private let isTimed: Bool
  private var opened = ContinuousClock.now
  private var answered = ContinuousClock.now
  private var counts = ReadMeter.Counts()
  private var segments = 0
  private var rows: UInt64 = 0
  private var threads = 0

  init(_ global: GlobalOptions) { isTimed = !global.hasFixedClock }

  /// Notes that the question begins to be answered.
  mutating func noteOpened() {
    opened = .now
    answered = opened
  }

  /// Notes that `snapshot` has given the answer.
  mutating func noteAnswered(_ snapshot: Snapshot, threads: Int) {
    answered = .now
    counts = snapshot.counts
    segments = snapshot.segments.count
    rows = snapshot.segments.reduce(0) { $0 &+ $1.summary.rowCount }
    self.threads = threads
  }

  /// Milliseconds by stage, as far as they have passed.
  private var stages: [(name: String, milliseconds: Double)] {
    let begin = counts.begin ?? answered
    let end = max(counts.end ?? begin, begin)
    return [
      ("open", start.duration(to: opened)), ("plan", opened.duration(to: begin)),
      ("scan", begin.duration(to: end)), ("merge", end.duration(to: answered)),
    ].map { ($0, isTimed ? max(0, $1 / .milliseconds(1)) : 0) }
  }

  /// The cost in the meta object of the answer, which is written when all but the output is done.
  var json: JSONNode {
    .object(
      [
        ("segments", .int(segments)), ("segments_read", .int(counts.segmentsRead)),
        ("segments_answered", .int(counts.segmentsAnswered)),
        ("segments_skipped", .int(skipped)), ("rows", .count(rows)),
        ("rows_read", .int(counts.rows)), ("blocks_read", .int(counts.blocks)),
        ("bytes_read", .int(counts.bytes)), ("threads", .int(threads)),
      ] + stages.map { ("\($0.name)_ms", .double($0.milliseconds)) })
  }

  private var skipped: Int { segments - counts.segmentsRead - counts.segmentsAnswered }

  /// The cost in words, after the output.
  var lines: [String] {
    func shown(_ milliseconds: Double) -> String { HumanNumber.fixed(milliseconds, decimals: 1) }
    let whole = isTimed ? Double(clock.nanoseconds) / 1e6 : 0
    let output = max(0, whole - stages.reduce(0) { $0 + $1.milliseconds })
    let parts = stages.map { "\($0.name) \(shown($0.milliseconds))" }
    let read = [
      "\(counts.segmentsRead) read", "\(counts.segmentsAnswered) answered by metadata",
      "\(skipped) skipped",
    ]
    let share = "\(HumanNumber.count(counts.rows)) of \(HumanNumber.count(rows)) rows"
    let blocks = HumanNumber.plural(counts.blocks, "block")
    let bytes = HumanNumber.bytes(Int64(counts.bytes))
    return [
      "stats: \(HumanNumber.plural(segments, "segment")): \(read.joined(separator: ", "));"
        + " \(share) in \(blocks), \(bytes)",
      "stats: \(shown(whole)) ms with \(HumanNumber.plural(threads, "thread")):"
        + " \(parts.joined(separator: ", ")), output \(shown(output))",
    ]
  }
}
