// Keeps reading files that grow, and commits what they bring again and again.

import Columnar
import EvtCore

/// Where the rows of followed files go. Each commit is whole and durable; what follows belongs to
/// the same run.
public protocol FollowSink: AnyObject {
  /// The inputs that were loaded before.
  func knownSources() throws -> [SourceRecord]
  /// Takes rows of the next commit; those of one file come together.
  func accept(_ batch: EventBatch) throws
  /// Notes how far a file was read; its record takes the place of `previous`, the one in the last
  /// commit.
  func finish(_ record: SourceRecord, replacing previous: SourceRecord?) throws
  /// Commits everything since the last time.
  func commit() throws
}

/// Follows files by name, as `tail -F` does: through renaming, removal, truncation, and before they
/// exist.
public final class FollowRun {
  /// What the run needs to know of the world.
  public struct Clock {
    /// Milliseconds that only go forward.
    var milliseconds: () -> Int
    /// Nanoseconds since 1970.
    var now: () -> Int64
    /// Waits, and returns whether to stop.
    var wait: (_ milliseconds: Int) -> Bool

    /// Creates a clock.
    public init(
      milliseconds: @escaping () -> Int, now: @escaping () -> Int64,
      wait: @escaping (_ milliseconds: Int) -> Bool
    ) {
      self.milliseconds = milliseconds
      self.now = now
      self.wait = wait
    }
  }

  /// A name, the file that has it now, and files that had it before and may still be written to.
  private final class Followed {
    let name: String
    var current: FollowedFile?
    var retired: [(file: FollowedFile, lastGrowth: Int)] = []

    init(_ name: String) { self.name = name }
  }

  private let options: IngestOptions
  private let policy: FlushPolicy
  private let sink: any FollowSink
  private let pool: WorkerPool
  private let clock: Clock
  private let note: (String) -> Void
  private let warn: ([String]) -> Void
  private let detector: MappingDetector

  private let followed: [Followed]
  /// What was loaded before this run, and its own records in the ledger by the numbers of files.
  private let known: [SourceRecord]
  private var committed: [Int: SourceRecord] = [:]
  /// Names that stand for a file which is followed under another one.
  private var doubles: Set<String> = []
  private var hasWarned = false
  private var report = IngestReport()
  private var tally: RejectTally
  private var ruleTally: RuleTally
  private var nextOrdinal = 0
  /// When the first line came that waits for a commit.
  private var waitingSince: Int?
  private var pendingMax: Int { max(options.memoryBytes / 8, 2 * Limits.lineBytesMax) }

  private static let pollMilliseconds = 100
  /// How long a file that was renamed is still watched after it grew last: its writer opens the new
  /// one when it is told to.
  private static let retirementMilliseconds = 5_000
  /// Events by which fields that never occur and shares of rejects are judged.
  private static let judgedEventsMin = 1_000

  /// Prepares to follow the files called `names`.
  ///
  /// `rejects` takes lines of the reject file; `note` what a person may want to know, and `warn`,
  /// once, what somebody should know of fields that were to be hidden.
  public init(
    names: [String], options: IngestOptions, policy: FlushPolicy, sink: any FollowSink,
    pool: WorkerPool, clock: Clock, rejects: @escaping ([UInt8]) throws -> Void,
    note: @escaping (String) -> Void, warn: @escaping ([String]) -> Void = { _ in }
  ) throws {
    self.options = options
    self.policy = policy
    self.sink = sink
    self.pool = pool
    self.clock = clock
    self.note = note
    self.warn = warn
    detector = MappingDetector(choice: options.mapping)
    _ = try detector.fallback()
    followed = names.map { Followed($0) }
    known = try sink.knownSources()
    tally = RejectTally(limit: options.maxRejects, write: rejects)
    ruleTally = RuleTally(rules: options.transforms.rules.count)
  }

  /// Follows until the clock says to stop, and commits what was read until then.
  /// - Throws: `IngestError`, or what the sink or the reject closure throws; what was committed
  ///   before stays.
  public func run() throws {
    for name in followed {
      name.current = try open(name.name)
      if name.current == nil, !doubles.contains(name.name) {
        note("\(name.name): is not there yet")
      }
    }
    while true {
      var hasMore = false
      for name in followed {
        if try poll(name) { hasMore = true }
        if pendingBytes >= pendingMax { try commit() }
      }
      if isTimeToCommit { try commit() }
      if clock.wait(hasMore ? 0 : Self.pollMilliseconds) { break }
    }
    for name in followed {
      // Nobody will look at a file again that has lost its name.
      for retired in name.retired {
        repeat {
          if pendingBytes >= pendingMax { try commit() }
          _ = try retired.file.read(pendingMax: pendingMax)
        } while !retired.file.isAtEnd
      }
      _ = try name.current?.read(pendingMax: pendingMax)
    }
    try commit(isLast: true)
  }

  /// What was read so far, also after an error.
  public func reportSoFar() -> IngestReport {
    var report = report
    tally.describe(in: &report)
    report.warnings = ruleTally.warnings(options.transforms.rules, events: tally.events)
    return report
  }

  // MARK: - Files

  /// Looks after one name; returns whether there is more to read at once.
  private func poll(_ followed: Followed) throws -> Bool {
    if followed.current == nil { followed.current = try open(followed.name) }
    var hasMore = false
    for index in followed.retired.indices {
      if try followed.retired[index].file.read(pendingMax: pendingMax) {
        followed.retired[index].lastGrowth = clock.milliseconds()
        hasMore = true
      }
    }
    guard let file = followed.current else { return hasMore }
    if try file.wasCut() {
      try commit(ending: file)
      note("\(file.name): was cut and begins anew")
      followed.current = try begin(file.file, from: start(of: file.file), after: file)
      return true
    }
    let hasGrown = try file.read(pendingMax: pendingMax)
    if !hasGrown, !file.isInPlace, let next = try open(followed.name, after: file) {
      note("\(file.name): another file has the name now")
      followed.retired.append((file, clock.milliseconds()))
      followed.current = next
    }
    return hasGrown || hasMore
  }

  /// Opens the file called `name`, nil while there is none.
  private func open(_ name: String, after previous: FollowedFile? = nil) throws -> FollowedFile? {
    let file: OpenFile
    do {
      file = try OpenFile(name, waitsForWriter: false)
    } catch let error as IngestError where error.kind == .missing {
      return nil
    }
    guard file.isRegular else {
      throw IngestError(.usage, "\(name): --follow takes files that grow, and this is none")
    }
    if let double = files.first(where: { $0.file.isSame(as: file) }) {
      if doubles.insert(name).inserted { note("\(name): is followed as \(double.name) already") }
      return nil
    }
    let start = try start(of: file)
    if let known = start.record {
      note("\(name): continued behind the \(known.lines) lines loaded before")
    }
    return try begin(file, from: start, after: previous)
  }

  /// Where to begin in a file: what was loaded before is known by its content, under any name.
  private func start(of file: OpenFile) throws -> FollowStart {
    // What waits is known only when it is committed.
    if pendingBytes > 0 { try commit() }
    let own = committed.sorted { $0.key < $1.key }.map(\.value)
    return try FollowStart(
      file, ledger: LedgerCheck(known: KnownSources(known + own), spool: options.spool))
  }

  private func begin(
    _ file: OpenFile, from start: FollowStart, after previous: FollowedFile?
  ) throws -> FollowedFile {
    let begun = try FollowedFile(file, from: start, ordinal: nextOrdinal)
    begun.mapping = previous?.mapping
    nextOrdinal += 1
    report.files += 1
    return begun
  }

  // MARK: - Commits

  private var files: [FollowedFile] {
    followed.flatMap { $0.retired.map(\.file) + ($0.current.map { [$0] } ?? []) }
  }

  /// Bytes of all files that wait.
  private var pendingBytes: Int { files.reduce(0) { $0 + $1.pendingBytes } }

  private var isTimeToCommit: Bool {
    let lines = files.reduce(0) { $0 + $1.pendingLines }
    let now = clock.milliseconds()
    let hasRetired = followed.contains { $0.retired.contains { isOver($0, now) } }
    guard lines > 0 else {
      waitingSince = nil
      return hasRetired
    }
    let since = waitingSince ?? now
    waitingSince = since
    return lines >= policy.rows || now - since >= policy.milliseconds || hasRetired
  }

  private func isOver(_ retired: (file: FollowedFile, lastGrowth: Int), _ now: Int) -> Bool {
    retired.file.isAtEnd && now - retired.lastGrowth >= Self.retirementMilliseconds
  }

  /// Commits the complete lines of all files, and the open ones of those that will not go on.
  /// - Parameter ending: the file that was cut.
  private func commit(isLast: Bool = false, ending: FollowedFile? = nil) throws {
    waitingSince = nil
    var taken: [(file: FollowedFile, record: SourceRecord)] = []
    let now = clock.milliseconds()
    for name in followed {
      for retired in name.retired {
        let isDone = isLast || isOver(retired, now)
        try take(retired.file, includingOpen: isDone, &taken)
      }
      if let file = name.current { try take(file, includingOpen: file === ending, &taken) }
      name.retired.removeAll { isOver($0, now) }
    }
    guard !taken.isEmpty else { return }
    // Of few lines one bad one is a great share.
    if tally.events >= Self.judgedEventsMin { try tally.checkLimit() }
    try sink.commit()
    for (file, record) in taken {
      file.noteCommit(record)
      committed[file.ordinal] = record
    }
    if !hasWarned, tally.events >= Self.judgedEventsMin {
      hasWarned = true
      warn(ruleTally.warnings(options.transforms.rules, events: tally.events))
    }
  }

  private func take(
    _ file: FollowedFile, includingOpen: Bool,
    _ taken: inout [(file: FollowedFile, record: SourceRecord)]
  ) throws {
    guard let lines = try file.takeLines(includingOpen: includingOpen) else { return }
    let before = report.rows
    let rejectedBefore = tally.rejected
    var lineCount = 0
    try load(lines, of: file, &lineCount)
    file.count(
      lines: lineCount, rows: report.rows - before, rejected: tally.rejected - rejectedBefore)
    let record = file.record
    try sink.finish(record, replacing: file.committed)
    report.inputBytes += UInt64(lines.count)
    taken.append((file, record))
  }

  private func load(
    _ lines: FollowedLines, of file: FollowedFile, _ lineCount: inout Int
  ) throws {
    let peeking = PeekedLines(lines)
    if file.mapping == nil, let chunk = peeking.first {
      do {
        file.mapping = try detector.mapping(for: chunk, source: file.name)
      } catch let error as IngestError where error.kind == .badInput {
        // Its events may yet come: other programs write to logs too.
        note(error.message)
      }
      if let mapping = file.mapping {
        note("\(file.name): mapping \(mapping.name): \(mapping.summary)")
      }
    }
    var options = options
    options.now = clock.now()
    let settings = try ParserSettings(
      source: file.ordinal, mapping: file.mapping ?? detector.fallback(), options: options)
    let load = InputLoad(
      source: peeking, settings: settings, pool: pool,
      windowBytes: max(options.memoryBytes / 8, 1))
    try load.run { chunk, parsed in
      try tally.take(parsed, of: chunk, source: file.name, line: file.lines &+ lineCount, column: 0)
      ruleTally.add(parsed.tally)
      report.rows += parsed.batch.rowCount
      report.duplicateKeys += parsed.duplicateKeys
      if parsed.batch.rowCount > 0 { try sink.accept(parsed.batch) }
      if parsed.isComplete { lineCount += parsed.position.line }
    }
  }
}

/// Lines of which the first chunk can be looked at before it is handed out.
private final class PeekedLines: ChunkSource {
  private(set) var first: Chunk?
  private let rest: FollowedLines

  init(_ lines: FollowedLines) {
    first = lines.next()
    rest = lines
  }

  func next() -> Chunk? {
    defer { first = nil }
    return first ?? rest.next()
  }
}
