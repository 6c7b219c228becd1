// The whole way from the names of inputs to batches in a sink.

import Columnar
import EvtCore

/// Reads inputs and hands their events to a sink, batch by batch, in the order of the input.
///
/// What reaches the sink depends on the inputs and the options alone, not on the number of threads.
/// Nothing is committed here: the caller commits the sink when `run` has returned.
public final class IngestRun {
  private let inputs: [String]
  private let options: IngestOptions
  private let sink: any BatchSink
  private let pool: WorkerPool
  private let progress: ((IngestProgress) -> Void)?
  private let detector: MappingDetector

  private var report = IngestReport()
  private var tally: RejectTally
  private var known: KnownSources
  private var ordinal = 0
  private var totalBytes: UInt64?
  private var bytesBefore: UInt64 = 0
  private var lastMapping: FieldMapping?
  /// The part of the memory that holds inflated text ahead of its turn.
  private static let lookAheadShare = 16
  private var ruleTally: RuleTally
  /// Bytes of text in one chunk; tests make it small.
  var chunkBytes = ChunkFiller.chunkBytes

  /// Prepares a run over `inputs`: files, directories, glob patterns, "-" for standard input.
  ///
  /// `rejects` takes each line of the reject file, with its line end. `progress` is called now and
  /// then on the calling thread.
  public init(
    inputs: [String], options: IngestOptions, sink: any BatchSink, pool: WorkerPool,
    rejects: @escaping ([UInt8]) throws -> Void, progress: ((IngestProgress) -> Void)? = nil
  ) {
    self.inputs = inputs
    self.options = options
    self.sink = sink
    self.pool = pool
    self.progress = progress
    detector = MappingDetector(choice: options.mapping)
    tally = RejectTally(limit: options.maxRejects, write: rejects)
    ruleTally = RuleTally(rules: options.transforms.rules.count)
    known = KnownSources(options.force ? [] : sink.knownSources)
  }

  /// Makes sure that all inputs are there and the options make sense, without reading anything; so
  /// that a caller need not create a store for nothing.
  /// - Throws: `IngestError`.
  public static func check(inputs: [String], options: IngestOptions) throws {
    _ = try MappingDetector(choice: options.mapping).fallback()
    _ = try InputList(inputs)
  }

  /// Reads everything.
  /// - Throws: `IngestError`, or what the sink or the reject closure throws; then nothing may be
  ///   committed.
  public func run() throws -> IngestReport {
    _ = try detector.fallback()
    let list = try InputList(inputs)
    totalBytes = list.totalBytes
    report.notes += list.notes
    let ahead = LookAhead(
      list.names, threads: pool.threads, bytes: options.memoryBytes / Self.lookAheadShare)
    for index in list.names.indices { try load(list.names[index], number: index, ahead) }
    updateReport()
    try tally.checkLimit()
    return report
  }

  /// What was read so far, also after an error.
  public func reportSoFar() -> IngestReport {
    updateReport()
    return report
  }

  private func load(_ name: String, number: Int, _ ahead: LookAhead) throws {
    let file = try OpenFile(name)
    ahead.begin(behind: number, known: known)
    defer { ahead.forget(number) }
    var isBegun = false
    do {
      switch try decide(file) {
      case .skip(let record): skip(name, record)
      case .load(let file, let replay):
        let content = ahead.content(of: number, file)
        try load(open(file, replay: replay, continued: nil, ahead: content), &isBegun)
      case .continuing(let file, let record):
        report.notes.append("\(name): continued behind the \(record.lines) lines loaded before")
        try load(open(file, replay: [], continued: record), &isBegun)
      }
    } catch let error as IngestError where options.keepGoing && error.concernsOneInput {
      report.failedFiles += 1
      report.notes.append("left out: \(error.message)")
      if isBegun {
        try sink.abandonSource(ordinal)
        ordinal += 1
      }
    }
    bytesBefore &+= file.length
  }

  private func open(
    _ file: OpenFile, replay: [UInt8], continued: SourceRecord?, ahead: ReadAhead? = nil
  ) throws -> InputText {
    try InputText(
      file, replay: replay, continued: continued, ahead: ahead, isRejects: options.isReplay,
      chunkBytes: chunkBytes)
  }

  private func decide(_ file: OpenFile) throws -> LoadDecision {
    guard !options.force else { return .load(file, replay: []) }
    return try LedgerCheck(known: known, spool: options.spool).decide(file)
  }

  private func skip(_ name: String, _ record: SourceRecord) {
    report.skippedFiles += 1
    let shown = ContentReader.shown(name)
    report.notes.append(
      record.name == name
        ? "\(shown): skipped, loaded before (--force loads it again)"
        : "\(shown): skipped, loaded before as \(record.name) (--force loads it again)")
  }

  private func load(_ text: InputText, _ isBegun: inout Bool) throws {
    let found = try text.mapping(by: detector)
    if let found { note(found, of: text) }
    let mapping = try found ?? detector.fallback()
    let settings = try ParserSettings(source: ordinal, mapping: mapping, options: options)
    isBegun = true
    let load = InputLoad(
      source: text, settings: settings, pool: pool, windowBytes: max(options.memoryBytes / 8, 1))
    let source = ContentReader.shown(text.file.name)
    tally.beginInput()
    let rejectedBefore = tally.rejected
    var rows = 0
    var duplicateKeys = 0
    var lines = text.lines
    var column = text.column
    try load.run { chunk, parsed in
      try tally.take(parsed, of: chunk, source: source, line: lines, column: column)
      rows += parsed.batch.rowCount
      duplicateKeys += parsed.duplicateKeys
      ruleTally.add(parsed.tally)
      if parsed.batch.rowCount > 0 { try sink.accept(parsed.batch) }
      if parsed.isComplete {
        lines &+= parsed.position.line
        column = chunk.column(behind: parsed.position, column: column)
      }
      progress?(
        IngestProgress(
          bytesRead: bytesBefore &+ text.reader.storedBytes, totalBytes: totalBytes,
          rows: report.rows + rows))
    }
    // A last line without an end is a line.
    if column > 0 { lines &+= 1 }
    let rejected = tally.rejected - rejectedBefore
    let record = text.record(rows: rows, rejected: rejected, lines: lines)
    try sink.finishSource(record)
    known.add(record)
    ordinal += 1
    report.files += 1
    report.rows += rows
    report.duplicateKeys += duplicateKeys
    // The file may have become shorter since it was compared.
    let bytes = text.reader.count
    report.inputBytes += bytes - min(bytes, text.continued?.content.bytes ?? 0)
  }

  /// Says which mapping was chosen, once for a run of inputs that share it.
  private func note(_ mapping: FieldMapping, of text: InputText) {
    guard mapping != lastMapping else { return }
    lastMapping = mapping
    let source = ContentReader.shown(text.file.name)
    report.notes.append("\(source): mapping \(mapping.name): \(mapping.summary)")
  }

  private func updateReport() {
    tally.describe(in: &report)
    report.warnings = ruleTally.warnings(options.transforms.rules, events: tally.events)
  }
}

extension IngestError {
  /// Whether the run can go on without the input.
  fileprivate var concernsOneInput: Bool { kind == .badInput || kind == .readFailed }
}

extension Chunk {
  /// Bytes of the line that is open behind this chunk, given those before it.
  func column(behind position: ChunkPosition, column: Int) -> Int {
    switch form {
    case .lines, .replayed: 0
    case .elements: position.line > 0 ? count - position.lineStart : column &+ count
    case .overlong(let length, _, let lines): lines > 0 ? 0 : column &+ Int(clamping: length)
    }
  }
}
