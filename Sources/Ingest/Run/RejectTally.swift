// Counts rejects against their limit, and writes them down.

import EvtCore

/// The rejects of a run.
struct RejectTally {
  private let limit: RejectLimit
  private let write: ([UInt8]) throws -> Void
  private var first: [RejectedLine] = []
  private var counts = [Int](repeating: 0, count: RejectReason.allCases.count)
  private(set) var rejected = 0
  /// Whether the text between the brackets of the present input is broken somewhere before: then
  /// what looks like an element may be a part of one, in which no field is where it should be.
  private var isBroken = false
  /// Events tried so far.
  private(set) var events = 0

  init(limit: RejectLimit, write: @escaping ([UInt8]) throws -> Void) {
    self.limit = limit
    self.write = write
  }

  /// Notes that another input begins.
  mutating func beginInput() { isBroken = false }

  /// Takes the rejects of a parsed chunk, whose first line is number `line` + 1 of `source` and has
  /// `column` bytes before the chunk.
  mutating func take(
    _ parsed: ParsedChunk, of chunk: Chunk, source: String, line: Int, column: Int
  ) throws {
    events += parsed.events
    for reject in parsed.rejects {
      let rejectedLine = Self.place(reject, chunk, source: source, line: line, column: column)
      if first.count < IngestReport.firstRejectsMax { first.append(rejectedLine) }
      counts[Int(reject.reason.rawValue)] += 1
      rejected += 1
      if case .elements = chunk.form, !reject.reason.isAboutFields { isBroken = true }
      var reject = reject
      if isBroken, case .rewritten = reject.kept { reject.kept = .withheld }
      try write(Self.text(reject, rejectedLine, chunk, parsed))
    }
    if limit.isHopeless(rejected: rejected, events: events) { throw tooMany() }
  }

  private static func place(
    _ reject: PlacedReject, _ chunk: Chunk, source: String, line: Int, column: Int
  ) -> RejectedLine {
    guard case .replayed = chunk.form else {
      let place = reject.column == 0 ? nil : reject.column &+ (reject.line == 0 ? column : 0)
      return RejectedLine(
        source: source, line: line &+ reject.line &+ 1, column: place,
        byteOffset: chunk.offset + UInt64(reject.start), reason: reject.reason)
    }
    let origin = chunk.origins[reject.line]
    let inside = UInt64(reject.start - chunk.elements[reject.line].start)
    return RejectedLine(
      source: origin.source ?? source, line: origin.line &+ (origin.source == nil ? line : 0),
      column: nil, byteOffset: origin.byteOffset &+ inside, reason: reject.reason)
  }

  private static func text(
    _ reject: PlacedReject, _ line: RejectedLine, _ chunk: Chunk, _ parsed: ParsedChunk
  ) -> [UInt8] {
    let bytes = UnsafeBufferPointer(start: chunk.bytes + reject.start, count: reject.count)
    // What was cut or withheld before is known by what it was as a whole.
    var known: (length: UInt64, hash: Hash128)?
    if case .replayed = chunk.form { known = chunk.origins[reject.line].whole }
    var whole: (length: UInt64, hash: Hash128) {
      if let known { return known }
      if case .overlong(let length, let hash, _) = chunk.form { return (length, hash) }
      return (UInt64(bytes.count), Hash128(of: UnsafeRawBufferPointer(bytes)))
    }
    switch reject.kept {
    case .original where known != nil:
      return RejectText.line(line, text: bytes.isEmpty ? nil : bytes, whole: whole)
    case .original where reject.reason == .lineTooLong:
      let kept = UnsafeBufferPointer(rebasing: bytes.prefix(Limits.rejectedTextBytesMax))
      return RejectText.line(line, text: kept, whole: whole)
    case .original: return RejectText.line(line, text: bytes, whole: nil)
    case .rewritten(let at, let count):
      return parsed.rewritten.withUnsafeBufferPointer { rewritten in
        let kept = UnsafeBufferPointer(rebasing: rewritten[at..<at + count])
        return RejectText.line(line, text: kept, whole: nil)
      }
    case .withheld: return RejectText.line(line, text: nil, whole: whole)
    }
  }

  /// Checks the limit at the end of the run.
  func checkLimit() throws {
    if limit.isExceeded(rejected: rejected, events: events) { throw tooMany() }
  }

  /// Writes the numbers into `report`.
  func describe(in report: inout IngestReport) {
    report.rejected = rejected
    report.firstRejects = first
    report.rejectsByReason = byReason
  }

  /// The counts by reason, without zeros.
  private var byReason: [String: Int] {
    var result: [String: Int] = [:]
    for reason in RejectReason.allCases where counts[Int(reason.rawValue)] > 0 {
      result[reason.text] = counts[Int(reason.rawValue)]
    }
    return result
  }

  private func tooMany() -> IngestError {
    let reasons = byReason.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(3).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    let example = first.first.map { "; the first is \($0)" } ?? ""
    return IngestError(
      .tooManyRejects,
      "\(rejected) of \(events) events rejected, more than --max-rejects allows "
        + "(\(limit.description)): \(reasons)\(example)")
  }
}
