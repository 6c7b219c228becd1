// Counts rejects against their limit, and writes them down.

import EvtCore

/// The rejects of a run.
struct RejectTally {
  private let limit: RejectLimit
  private let write: ([UInt8]) throws -> Void
  private(set) var first: [RejectedLine] = []
  private var counts = [Int](repeating: 0, count: RejectReason.allCases.count)
  private(set) var rejected = 0
  /// Events tried so far.
  private(set) var events = 0

  init(limit: RejectLimit, write: @escaping ([UInt8]) throws -> Void) {
    self.limit = limit
    self.write = write
  }

  /// Takes the rejects of a parsed chunk, whose first line is number `line` + 1 of `source` and has
  /// `column` bytes before the chunk.
  mutating func take(
    _ parsed: ParsedChunk, of chunk: Chunk, source: String, line: Int, column: Int
  ) throws {
    events += parsed.events
    for reject in parsed.rejects {
      let place = reject.column == 0 ? nil : reject.column &+ (reject.line == 0 ? column : 0)
      let rejectedLine = RejectedLine(
        source: source, line: line &+ reject.line &+ 1, column: place,
        byteOffset: chunk.offset + UInt64(reject.start), reason: reject.reason)
      if first.count < IngestReport.firstRejectsMax { first.append(rejectedLine) }
      counts[Int(reject.reason.rawValue)] += 1
      rejected += 1
      try write(Self.text(reject, rejectedLine, chunk))
    }
    if limit.isHopeless(rejected: rejected, events: events) { throw tooMany() }
  }

  private static func text(_ reject: PlacedReject, _ line: RejectedLine, _ chunk: Chunk) -> [UInt8]
  {
    let bytes = UnsafeBufferPointer(start: chunk.bytes + reject.start, count: reject.count)
    if case .overlong(let length, let hash, _) = chunk.form {
      return RejectText.line(line, text: bytes, whole: (length, hash))
    }
    guard reject.reason == .lineTooLong else {
      return RejectText.line(line, text: bytes, whole: nil)
    }
    let kept = UnsafeBufferPointer(rebasing: bytes.prefix(Limits.rejectedTextBytesMax))
    let hash = Hash128(of: UnsafeRawBufferPointer(bytes))
    return RejectText.line(line, text: kept, whole: (UInt64(bytes.count), hash))
  }

  /// Checks the limit at the end of the run.
  func checkLimit() throws {
    if limit.isExceeded(rejected: rejected, events: events) { throw tooMany() }
  }

  /// The counts by reason, without zeros.
  var byReason: [String: Int] {
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
