// Parses the events of a chunk into a batch: what a worker does.

import CKernels
import Columnar
import EvtCore
import Glibc

/// What the reject file gets of a rejected text.
enum KeptText: BitwiseCopyable {
  case original
  /// These bytes of `ParsedChunk.rewritten`.
  case rewritten(at: Int, count: Int)
  /// Nothing but its length and hash.
  case withheld
}

/// A line or element that was not stored, by its place in the chunk.
struct PlacedReject: BitwiseCopyable {
  var start: Int
  var count: Int
  /// Line ends between the chunk's begin and the place of the fault, and the place in its line (or
  /// behind the chunk's begin, on the chunk's first line) from 1; 0 when no place is at fault.
  var line: Int
  var column: Int
  var reason: RejectReason
  var kept: KeptText
}

/// Where parsing goes on in a chunk whose batch was full.
struct ChunkPosition: Sendable {
  var at = 0
  var element = 0
  /// Line ends before `countedTo`, and where the line began that is open there.
  var line = 0
  var lineStart = 0
  var countedTo = 0
}

/// What came out of (a part of) a chunk.
final class ParsedChunk: @unchecked Sendable {
  let batch: EventBatch
  let rejects: [PlacedReject]
  /// Events that were tried.
  let events: Int
  let position: ChunkPosition
  let isComplete: Bool
  let duplicateKeys: Int
  /// The texts of rejects that were rewritten.
  let rewritten: [UInt8]
  let tally: RuleTally

  init(
    batch: EventBatch, rejects: [PlacedReject], events: Int, position: ChunkPosition,
    isComplete: Bool, duplicateKeys: Int, rewritten: [UInt8], tally: RuleTally
  ) {
    self.batch = batch
    self.rewritten = rewritten
    self.tally = tally
    self.rejects = rejects
    self.events = events
    self.position = position
    self.isComplete = isComplete
    self.duplicateKeys = duplicateKeys
  }
}

/// What all chunks of an input are parsed with.
struct ParserSettings: Sendable {
  var source: Int
  var mapping: FieldMapping
  var latestTime: Int64
  /// What is done to the text of events before they are scanned, nil for nothing.
  var plan: RewritePlan?
  var constants: [FieldTransforms.Constant] = []
  var rulesCount = 0
  /// Which properties are kept, by their paths; nil for all.
  var keepsProperty: (@Sendable (String) -> Bool)?
}

extension ParserSettings {
  /// The settings for input number `source` of a run with these options.
  /// - Throws: `IngestError` of kind `.usage` when the transforms do not suit the mapping.
  init(source: Int, mapping: FieldMapping, options: IngestOptions) throws {
    self.init(
      source: source, mapping: mapping, latestTime: options.latestTime,
      plan: try RewritePlan(options.transforms, mapping: mapping),
      constants: options.transforms.constants, rulesCount: options.transforms.rules.count,
      keepsProperty: options.keepsProperty)
  }
}

/// Turns the events of a chunk into rows and rejects.
///
/// A batch has a limited number of columns, keys and rejects, so that its memory is bounded by that
/// of the chunk's text; when one is reached, the rest of the chunk is parsed into another batch.
/// Where that happens depends on the text alone.
struct ChunkParser: ~Copyable {
  private let chunk: Chunk
  private let settings: ParserSettings
  private var scanner: EventScanner
  /// Nil unless the settings have a plan.
  private var rewriter: EventRewriter?
  private let isRewriting: Bool
  /// The texts of rejects that were rewritten.
  private var rewritten: [UInt8] = []
  private var rejects: [PlacedReject] = []
  private var events = 0
  private var position: ChunkPosition

  static let columnsMax = 4_096
  static let keysMax = 16_384
  static let rejectsMax = 16_384

  private init(_ chunk: Chunk, from position: ChunkPosition, settings: ParserSettings) {
    self.chunk = chunk
    self.settings = settings
    self.position = position
    scanner = EventScanner(
      mapping: settings.mapping, latestTime: settings.latestTime, constants: settings.constants,
      keepsProperty: settings.keepsProperty)
    rewriter = settings.plan.map { EventRewriter($0, rules: settings.rulesCount) }
    isRewriting = settings.plan != nil
  }

  /// Parses `chunk` from `position` to its end or until a batch is full.
  static func parse(
    _ chunk: Chunk, from position: ChunkPosition, settings: ParserSettings
  ) -> ParsedChunk {
    var parser = ChunkParser(chunk, from: position, settings: settings)
    let isComplete =
      switch chunk.form {
      case .lines(let separator): parser.parseLines(separator)
      case .elements: parser.parseElements()
      case .replayed(let lines): parser.parseReplayed(lines: lines)
      case .overlong(_, _, let lines): parser.parseOverlong(lines: lines)
      }
    return parser.finish(isComplete: isComplete)
  }

  private consuming func finish(isComplete: Bool) -> ParsedChunk {
    let duplicateKeys = scanner.duplicateKeys
    let tally = rewriter?.tally ?? RuleTally(rules: 0)
    let batch = scanner.finish(source: settings.source)
    // Made here, where several threads are at work, and not by the one that will ask for them.
    _ = batch.keyHashes
    return ParsedChunk(
      batch: batch, rejects: rejects, events: events, position: position, isComplete: isComplete,
      duplicateKeys: duplicateKeys, rewritten: rewritten, tally: tally)
  }

  private var isFull: Bool {
    scanner.batch.columnCount >= Self.columnsMax || scanner.tree.keys.count >= Self.keysMax
      || rejects.count >= Self.rejectsMax
  }

  // MARK: - Lines

  private mutating func parseLines(_ separator: UInt8) -> Bool {
    let base = Bytes(chunk.bytes)
    let end = base + chunk.count
    var at = base + position.at
    while at < end {
      let found = memchr(at, Int32(separator), end - at)
      let lineEnd = found.map { Bytes($0.assumingMemoryBound(to: UInt8.self)) } ?? end
      parseLine(at, lineEnd)
      at = found == nil ? end : lineEnd + 1
      position.at = at - base
      position.line += 1
      if isFull, at < end { return false }
    }
    return true
  }

  /// Parses the events of one line; usually there is one.
  @inline(__always)
  private mutating func parseLine(_ start: Bytes, _ end: Bytes) {
    var at = start
    if end - start > Limits.lineBytesMax {
      events += 1
      scanner.failure = .lineTooLong
      scanner.failedAt = nil
      rejectLine(start, start, end, .part)
      return
    }
    JSONText.skipSpace(&at, end)
    while at < end {
      events += 1
      let event = at
      let isScanned = isRewriting ? rewriteAndScan(&at, end) : scanner.scan(&at, end)
      if isScanned {
        JSONText.skipSpace(&at, end)
        if at < end, at[0] != UInt8(ascii: "{") {
          scanner.abandonRow()
          scanner.fail(.textAfterEvent, at)
          rejectLine(start, event, end, .part)
          return
        }
        if !scanner.finishRow() { rejectLine(start, event, at, .event) }
      } else {
        if isRewriting { JSONText.skipSpace(&at, end) }
        rejectLine(start, event, end, at == end ? .event : .part)
        return
      }
    }
  }

  @inline(never)
  private mutating func rejectLine(
    _ lineStart: Bytes, _ event: Bytes, _ end: Bytes, _ extent: RejectedExtent
  ) {
    var end = end
    while end > event, JSONText.isSpace(end[-1]) { end -= 1 }
    var column = 0
    // A fault inside of `properties` text lies in a copy.
    if let failedAt = scanner.failedAt, failedAt >= event, failedAt <= end {
      column = failedAt - lineStart + 1
    }
    rejects.append(
      PlacedReject(
        start: event - Bytes(chunk.bytes), count: end - event, line: position.line, column: column,
        reason: scanner.failure, kept: kept(extent)))
  }

  // MARK: - Rewritten events

  /// How much of a rejected text the last event was.
  private enum RejectedExtent {
    /// All of it.
    case event
    case part
  }

  /// Scans what the rewriter makes of the event at `at`, and moves past the event.
  @inline(never)
  private mutating func rewriteAndScan(_ at: inout Bytes, _ end: Bytes) -> Bool {
    let start = at
    guard rewriter?.rewrite(&at, end) == true, let text = rewriter?.text,
      var copy = text.baseAddress
    else {
      // It is no event; the scanner knows where it fails.
      if scanner.scan(&at, end) {
        scanner.abandonRow()
        scanner.fail(.notAnObject, start)
      }
      at = start
      return false
    }
    return scanner.scan(&copy, copy + text.count)
  }

  /// What may be kept of a rejected text.
  private mutating func kept(_ extent: RejectedExtent) -> KeptText {
    guard rewriter?.hidesFields == true else { return .original }
    guard extent == .event, let text = rewriter?.text, !text.isEmpty else { return .withheld }
    rewritten.append(contentsOf: text)
    return .rewritten(at: rewritten.count - text.count, count: text.count)
  }

  // MARK: - Elements

  private mutating func parseElements() -> Bool {
    let base = Bytes(chunk.bytes)
    while position.element < chunk.elements.count {
      let element = chunk.elements[position.element]
      position.element += 1
      parseElement(element, base)
      position.at = element.end
      if isFull, position.element < chunk.elements.count { return false }
    }
    countLines(to: chunk.count)
    return true
  }

  private mutating func parseElement(_ element: Element, _ base: Bytes) {
    events += 1
    var at = base + element.start
    let end = base + element.end
    var reason: RejectReason?
    var extent = RejectedExtent.part
    if end - at > Limits.lineBytesMax {
      reason = .lineTooLong
      scanner.failedAt = nil
    } else if element.reason != Element.isEvent {
      reason = RejectReason(rawValue: element.reason) ?? .notAnObject
      scanner.failedAt = at
    } else if !(isRewriting ? rewriteAndScan(&at, end) : scanner.scan(&at, end)) {
      reason = scanner.failure
      if at == end { extent = .event }
    } else if at != end {
      scanner.abandonRow()
      scanner.failedAt = at
      reason = .textAfterEvent
    } else if !scanner.finishRow() {
      reason = scanner.failure
      extent = .event
    }
    guard let reason else { return }
    let start = base + element.start
    let fault = scanner.failedAt.flatMap { $0 >= start && $0 <= end ? $0 : nil } ?? start
    countLines(to: fault - base)
    rejects.append(
      PlacedReject(
        start: element.start, count: element.end - element.start, line: position.line,
        column: fault - base - position.lineStart + 1, reason: reason, kept: kept(extent)))
  }

  /// Counts the line ends up to `place`; faults come in ascending order.
  private mutating func countLines(to place: Int) {
    let from = position.countedTo
    guard place > from else { return }
    let base = Bytes(chunk.bytes)
    let newlines = evt_count_byte(base + from, place - from, UInt8(ascii: "\n"))
    position.line += newlines
    if newlines > 0 {
      var start = place
      while start > from, base[start - 1] != UInt8(ascii: "\n") { start -= 1 }
      position.lineStart = start
    }
    position.countedTo = place
  }

  // MARK: - Replayed rejects

  /// Parses each text as the line it was. The line of a reject is the number of its element here.
  @inline(never)
  private mutating func parseReplayed(lines: Int) -> Bool {
    let base = Bytes(chunk.bytes)
    while position.element < chunk.elements.count {
      let element = chunk.elements[position.element]
      position.line = position.element
      position.element += 1
      if let reason = RejectReason(rawValue: element.reason) {
        events += 1
        scanner.failure = reason
        scanner.failedAt = nil
        rejectLine(base + element.start, base + element.start, base + element.end, .part)
      } else {
        parseLine(base + element.start, base + element.end)
      }
      if isFull, position.element < chunk.elements.count { return false }
    }
    position.line = lines
    return true
  }

  // MARK: - Overlong lines

  private mutating func parseOverlong(lines: Int) -> Bool {
    events += 1
    position.line = lines
    rejects.append(
      PlacedReject(
        start: 0, count: chunk.count, line: 0, column: 0, reason: .lineTooLong, kept: kept(.part)))
    return true
  }
}
