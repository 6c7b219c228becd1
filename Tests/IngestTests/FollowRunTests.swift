// Files that grow, are renamed and cut, with a clock that the test turns: every line exactly once.

import Columnar
import EvtCore
import Foundation
import TestSupport
import Testing

@testable import Ingest

/// A store in memory: what was committed, and a ledger with one entry a file.
private final class MemoryFollowSink: FollowSink {
  private(set) var committed: [String] = []
  private(set) var ledger: [SourceRecord] = []
  private(set) var commits = 0
  private var pending: [String] = []
  private var finished: [(record: SourceRecord, previous: SourceRecord?)] = []
  /// The commit that fails, for as if the process had been killed before it.
  var failingCommit: Int?

  struct Killed: Error {}

  func knownSources() -> [SourceRecord] { ledger }
  func accept(_ batch: EventBatch) { pending += render(batch) }
  func finish(_ record: SourceRecord, replacing previous: SourceRecord?) {
    finished.append((record, previous))
  }

  func commit() throws {
    commits += 1
    if commits == failingCommit { throw Killed() }
    committed += pending
    for (record, previous) in finished {
      if let previous, let index = ledger.lastIndex(of: previous) { ledger.remove(at: index) }
      ledger.append(record)
    }
    (pending, finished) = ([], [])
  }

  /// Forgets what was not committed, as a new process does.
  func restart() {
    (pending, finished) = ([], [])
    failingCommit = nil
  }

  /// Forgets everything.
  func clear() { (committed, ledger, pending, finished) = ([], [], [], []) }

  /// Takes over what an ordinary run has loaded.
  func add(_ sink: MemorySink) {
    committed += sink.rows
    ledger += sink.finished
  }

  /// The values of `n`, in the order of commits.
  var numbers: [Int] {
    committed.compactMap { row in
      row.range(of: "n=int:").map { row[$0.upperBound...].prefix { $0.isNumber } }.flatMap {
        Int($0)
      }
    }
  }
}

/// A folder of logs, and what is written to them between two looks of the follower.
private final class LogFolder {
  let folder: TestFolder
  let sink = MemoryFollowSink()
  var options = testOptions()
  var policy = FlushPolicy()
  private(set) var notes: [String] = []
  private(set) var warnings: [String] = []
  private(set) var rejects: [String] = []
  private var milliseconds = 0

  init() throws { folder = try TestFolder() }

  func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  func append(_ text: String, to name: String) throws {
    guard let stream = fopen(path(name), "a") else { throw MemoryFollowSink.Killed() }
    fputs(text, stream)
    fclose(stream)
  }

  func rename(_ name: String, to other: String) { Foundation.rename(path(name), path(other)) }

  func cut(_ name: String, to length: Int = 0) { truncate(path(name), off_t(length)) }

  static func line(_ number: Int) -> String {
    "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"n\":\(number)}\n"
  }

  /// Follows `names`; each time the follower waits, the next step is done and a second passes.
  func follow(_ names: [String], _ steps: [() throws -> Void]) throws -> IngestReport {
    var rest = steps[...]
    var failure: (any Error)?
    let clock = FollowRun.Clock(
      milliseconds: { self.milliseconds }, now: { testNow },
      wait: { _ in
        self.milliseconds += 1_000
        guard let step = rest.popFirst() else { return true }
        do { try step() } catch { failure = error }
        return false
      })
    let run = try FollowRun(
      names: names.map(path), options: options, policy: policy, sink: sink,
      pool: WorkerPool(threads: 2), clock: clock,
      rejects: { self.rejects.append(self.folder.hide(String(decoding: $0, as: UTF8.self))) },
      note: { self.notes.append(self.folder.hide($0)) }, warn: { self.warnings += $0 })
    try run.run()
    if let failure { throw failure }
    return run.reportSoFar()
  }

  static func pause() {}
}

@Suite("Follow")
struct FollowRunTests {
  @Test("lines are taken when they are complete, from files that come later too")
  func grows() throws {
    let log = try LogFolder()
    try log.append(LogFolder.line(1), to: "a.log")
    let report = try log.follow(
      ["a.log", "b.log"],
      [
        { try log.append(LogFolder.line(2) + "{\"event\":\"e\",", to: "a.log") },
        { try log.append("\"timestamp\":\"2026-01-01\",\"n\":3}", to: "a.log") },
        { try log.append(LogFolder.line(4), to: "b.log") },
        { try log.append("\n", to: "a.log") },
      ])
    #expect(log.sink.numbers.sorted() == [1, 2, 3, 4] && report.rows == 4 && report.files == 2)
    #expect(log.sink.ledger.map(\.rows).sorted() == [1, 3])
    #expect(log.sink.ledger.map(\.lines).sorted() == [1, 3])
  }

  @Test("commits come by time or by number, each with whole lines")
  func commits() throws {
    let byTime = try LogFolder()
    byTime.policy = FlushPolicy("3s,1000") ?? FlushPolicy()
    _ = try byTime.follow(
      ["a.log"],
      (0..<12).map { number in { try byTime.append(LogFolder.line(number), to: "a.log") } })
    #expect(byTime.sink.numbers == Array(0..<12))
    #expect((3...5).contains(byTime.sink.commits))
    let byNumber = try LogFolder()
    byNumber.policy = FlushPolicy("1h,4") ?? FlushPolicy()
    _ = try byNumber.follow(
      ["a.log"],
      (0..<12).map { number in { try byNumber.append(LogFolder.line(number), to: "a.log") } })
    #expect(byNumber.sink.commits == 3 && byNumber.sink.ledger.count == 1)
    #expect(try byNumber.follow(["a.log"], [LogFolder.pause]).rows == 0)
  }

  @Test("a file that is renamed is read to its end, also what its writer adds later")
  func rotates() throws {
    let log = try LogFolder()
    _ = try log.follow(
      ["a.log"],
      [
        { try log.append(LogFolder.line(1), to: "a.log") },
        {
          try log.append(LogFolder.line(2), to: "a.log")
          log.rename("a.log", to: "a.log.1")
          try log.append(LogFolder.line(10), to: "a.log")
        },
        { try log.append(LogFolder.line(3), to: "a.log.1") },
        { try log.append(LogFolder.line(11), to: "a.log") },
        // No line end will ever come.
        { try log.append(String(LogFolder.line(4).dropLast()), to: "a.log.1") },
      ] + Array(repeating: LogFolder.pause, count: 8) + [
        { try log.append(LogFolder.line(12), to: "a.log") }
      ])
    #expect(log.sink.numbers.sorted() == [1, 2, 3, 4, 10, 11, 12])
    #expect(log.sink.ledger.count == 2)
    #expect(log.notes.contains("a.log: another file has the name now"))
  }

  @Test("a file that is cut begins anew", arguments: [false, true])
  func cuts(isLonger: Bool) throws {
    let log = try LogFolder()
    _ = try log.follow(
      ["a.log"],
      [
        { try log.append(LogFolder.line(1) + LogFolder.line(2), to: "a.log") },
        LogFolder.pause,
        {
          log.cut("a.log")
          // Longer than before, so that only its beginning gives it away.
          let count = isLonger ? 9 : 1
          for number in 0..<count { try log.append(LogFolder.line(10 + number), to: "a.log") }
        },
        LogFolder.pause, LogFolder.pause,
        { try log.append(LogFolder.line(30), to: "a.log") },
      ])
    #expect(log.sink.numbers == [1, 2] + (10..<(isLonger ? 19 : 11)) + [30])
    #expect(log.notes.contains("a.log: was cut and begins anew"))
    #expect(log.sink.ledger.count == 2)
  }

  @Test("of a file that is cut the last line counts without its end")
  func cutOpenLine() throws {
    let log = try LogFolder()
    _ = try log.follow(
      ["a.log"],
      [
        { try log.append(String(LogFolder.line(1).dropLast()), to: "a.log") }, LogFolder.pause,
        { log.cut("a.log") }, LogFolder.pause,
        { try log.append(LogFolder.line(2), to: "a.log") },
      ])
    #expect(log.sink.numbers == [1, 2])
  }

  @Test("a file of which more waits than memory may hold is read to its end after it was renamed")
  func rotatesWithBacklog() throws {
    let log = try LogFolder()
    log.options.memoryBytes = 16 << 20
    log.policy = FlushPolicy("1h,1000000") ?? FlushPolicy()
    let long = String(repeating: "x", count: 1_000_000)
    let lines = (0..<40).map { number in
      "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"n\":\(number),\"x\":\"\(long)\"}\n"
    }
    let later = {
      try log.append(String(lines[1...].joined().dropLast()), to: "a.log.1")
    }
    for pauses in [0, 12] {
      let log = log
      _ = try log.follow(
        ["a.log"],
        [
          { try log.append(lines[0], to: "a.log") }, LogFolder.pause,
          {
            log.rename("a.log", to: "a.log.1")
            try log.append(LogFolder.line(100 + pauses), to: "a.log")
          }, LogFolder.pause, later,
        ] + Array(repeating: LogFolder.pause, count: pauses))
      #expect(log.sink.numbers.sorted() == Array(0..<40) + [100 + pauses])
      #expect(log.rejects.isEmpty)
      log.sink.clear()
      unlink(log.path("a.log"))
      unlink(log.path("a.log.1"))
    }
  }

  @Test("a file with two names is followed once, also when the names change places")
  func doubleNames() throws {
    let log = try LogFolder()
    try log.append(LogFolder.line(1), to: "a.log")
    symlink(log.path("a.log"), log.path("b.log"))
    _ = try log.follow(
      ["a.log", "b.log", "a.log.1"],
      [
        { try log.append(LogFolder.line(2), to: "a.log") },
        {
          log.rename("a.log", to: "a.log.1")
          try log.append(LogFolder.line(3), to: "a.log")
        },
        { try log.append(LogFolder.line(4), to: "a.log.1") },
      ] + Array(repeating: LogFolder.pause, count: 9)
        + [{ try log.append(LogFolder.line(5), to: "a.log.1") }])
    #expect(log.sink.numbers.sorted() == [1, 2, 3, 4, 5])
    #expect(log.notes.contains("b.log: is followed as a.log already"))
  }

  @Test("a copy that takes the file's place is known by its content")
  func replacedByCopy() throws {
    let log = try LogFolder()
    try log.append(LogFolder.line(1) + LogFolder.line(2), to: "a.log")
    _ = try log.follow(
      ["a.log"],
      [
        LogFolder.pause,
        {
          for number in 1...3 { try log.append(LogFolder.line(number), to: "copy") }
          log.rename("copy", to: "a.log")
        },
      ] + Array(repeating: LogFolder.pause, count: 8))
    #expect(log.sink.numbers == [1, 2, 3])
  }

  @Test("lines of other programs before the first event, and the first bad line, end nothing")
  func foreignLines() throws {
    let log = try LogFolder()
    log.options.maxRejects = .percent(20)
    _ = try log.follow(
      ["a.log"],
      [
        { try log.append("{\"msg\":\"server started\"}\n", to: "a.log") }
      ] + Array(repeating: LogFolder.pause, count: 7) + [
        { try log.append(LogFolder.line(1), to: "a.log") }
      ])
    #expect(log.sink.numbers == [1] && log.rejects.count == 1)
  }

  @Test("what nobody has seen of hidden fields is said once there were events enough")
  func warnsEarly() throws {
    let log = try LogFolder()
    log.options.transforms = try FieldTransforms(
      set: [], hash: [], drop: ["email"], truncateIP: [], key: nil)
    _ = try log.follow(
      ["a.log"],
      [
        {
          try log.append((0..<1_000).map(LogFolder.line).joined(), to: "a.log")
        }
      ] + Array(repeating: LogFolder.pause, count: 7) + [
        { #expect(log.warnings.count == 1 && log.warnings[0].hasPrefix("--drop email: no event")) },
        { try log.append(LogFolder.line(1_000), to: "a.log") },
      ])
    #expect(log.warnings.count == 1)
  }

  @Test("rejects are kept with their lines, and too many of them end the run")
  func rejects() throws {
    let log = try LogFolder()
    _ = try log.follow(
      ["a.log"],
      [
        { try log.append(LogFolder.line(1) + "x\n", to: "a.log") },
        { try log.append(LogFolder.line(2) + "\ny\n", to: "a.log") },
      ])
    #expect(
      log.rejects.map { String($0.prefix(46)) } == [
        "{\"source\":\"a.log\",\"line\":2,\"column\":1,\"byte_of",
        "{\"source\":\"a.log\",\"line\":5,\"column\":1,\"byte_of",
      ])
    log.options.maxRejects = .count(0)
    let error = #expect(throws: IngestError.self) {
      _ = try log.follow(["a.log"], [{ try log.append("z\n", to: "a.log") }])
    }
    #expect(error?.kind == .tooManyRejects && log.sink.numbers == [1, 2])
  }

  @Test(
    "what cannot be followed is an error",
    arguments: ["[{}]\n", "{\n\"event\":\"e\"}\n", "\u{1F}\u{8B}\n", "\u{0}\n"])
  func foreign(text: String) throws {
    let log = try LogFolder()
    var bytes = Array(text.utf8)
    if text.hasPrefix("\u{1F}") { bytes = [0x1F, 0x8B, 0x0A] }
    try log.folder.write("a.log", bytes)
    let error = #expect(throws: IngestError.self) {
      _ = try log.follow(["a.log"], [LogFolder.pause])
    }
    #expect(
      error?.kind == .badInput && error?.message.contains("--follow takes plain text") == true)
  }

  @Test("a last line that was loaded without its end is not loaded again")
  func continuesOpenLines() throws {
    for (text, more) in [
      (LogFolder.line(1) + LogFolder.line(2).dropLast(), "\n" + LogFolder.line(3)),
      (
        LogFolder.line(1) + "{\"event\":\"e\",",
        "\"timestamp\":\"2026-01-01\",\"n\":2}\n" + LogFolder.line(3)
      ),
    ] {
      let log = try LogFolder()
      try log.append(text, to: "a.log")
      let before = MemorySink()
      let run = IngestRun(
        inputs: [log.path("a.log")], options: testOptions(), sink: before,
        pool: WorkerPool(threads: 1), rejects: { _ in })
      _ = try run.run()
      log.sink.add(before)
      _ = try log.follow(["a.log"], [{ try log.append(more, to: "a.log") }])
      #expect(log.sink.numbers == [1, 2, 3])
      #expect(log.sink.ledger.last?.lines == 3 && log.sink.ledger.last?.rows == 3)
    }
  }

  /// A random life of a log: it grows in pieces that are no lines, is renamed, is cut, and the
  /// process that follows it dies at any commit and starts again.
  @Test("every line is there exactly once, whatever happens", arguments: 1...150)
  func randomLife(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let log = try LogFolder()
    log.policy = FlushPolicy("\(1 + random.below(4))s,\(1 + random.below(20))") ?? FlushPolicy()
    var written = 0
    var open = ""
    var rotations = 0
    func grow() throws {
      var text = open
      for _ in 0..<random.below(6) {
        text += LogFolder.line(written)
        written += 1
      }
      let cut = text.index(text.startIndex, offsetBy: random.below(text.count + 1))
      try log.append(String(text[..<cut]), to: "a.log")
      open = String(text[cut...])
    }
    func finishLine() throws {
      try log.append(open, to: "a.log")
      open = ""
    }
    for _ in 0..<4 {
      var steps: [() throws -> Void] = []
      for _ in 0..<random.below(20) {
        switch random.below(12) {
        case 0:
          steps.append {
            try finishLine()
            rotations += 1
            log.rename("a.log", to: "a.log.\(rotations)")
          }
        case 1:
          // What is cut away before it was committed nobody can bring back.
          steps += [finishLine] + Array(repeating: LogFolder.pause, count: 6)
          steps += [{ log.cut("a.log") }, LogFolder.pause]
        default: steps.append(grow)
        }
      }
      if random.chance(1, in: 2) { log.sink.failingCommit = log.sink.commits + 1 + random.below(4) }
      do {
        _ = try log.follow(["a.log"], steps)
      } catch is MemoryFollowSink.Killed {}
      log.sink.restart()
    }
    try finishLine()
    _ = try log.follow(["a.log"], [LogFolder.pause])
    // What a process left unread when it died, in files that were renamed since.
    let names = (0..<rotations).map { log.path("a.log.\($0 + 1)") }
    for name in names where access(name, R_OK) == 0 {
      let rest = MemorySink(known: log.sink.ledger)
      let run = IngestRun(
        inputs: [name], options: testOptions(), sink: rest, pool: WorkerPool(threads: 1),
        rejects: { _ in })
      _ = try run.run()
      log.sink.add(rest)
    }
    #expect(log.sink.numbers.sorted() == Array(0..<written), "seed \(seed)")
    #expect(log.rejects == [], "seed \(seed)")
  }
}
