// Takes the texts out of a reject file, to be parsed as the lines they were.

import CKernels
import EvtCore

/// Turns the records of a reject file into chunks of what was rejected.
///
/// What cannot be tried again is handed on with the reason it was rejected for.
final class ReplaySource: ChunkSource {
  private let lines: LineCutter
  private let name: String
  /// Whether a record was found, without which this is no reject file.
  private var isKnown = false

  /// A record holds a line, in which every byte may have been escaped.
  static let recordBytesMax = 2 * Limits.lineBytesMax + (64 << 10)

  /// Creates a source for the reject file called `name`.
  init(_ filler: ChunkFiller, separator: UInt8, offset: UInt64, name: String) {
    lines = LineCutter(
      filler, separator: separator, offset: offset, lineBytesMax: Self.recordBytesMax)
    self.name = name
  }

  /// The error for input that is no reject file.
  static func foreign(_ name: String) -> IngestError {
    IngestError(
      .badInput,
      "\(name): is no reject file; --replay takes the files in which evt ingest keeps rejected "
        + "lines"
    )
  }

  func next() throws -> Chunk? {
    guard let chunk = try lines.next() else { return nil }
    guard case .lines(let separator) = chunk.form else { return chunk }
    let replayed = Chunk(form: .replayed(lines: 0), capacity: chunk.count)
    replayed.offset = chunk.offset
    var lineNumber = 0
    var at = 0
    while at < chunk.count {
      let rest = UnsafeBufferPointer(start: chunk.bytes + at, count: chunk.count - at)
      let count = rest.firstIndex(of: separator) ?? rest.count
      lineNumber += 1
      add(
        UnsafeBufferPointer(rebasing: rest[..<count]), number: lineNumber,
        offset: chunk.offset + UInt64(at), to: replayed)
      at += count + 1
    }
    if !isKnown, replayed.elements.count > 0 { throw Self.foreign(name) }
    replayed.form = .replayed(lines: lineNumber)
    replayed.seal()
    return replayed
  }

  private func add(
    _ line: UnsafeBufferPointer<UInt8>, number: Int, offset: UInt64, to chunk: Chunk
  ) {
    guard line.contains(where: { !JSONText.isSpace($0) }) else { return }
    guard let record = RejectRecord(line) else {
      chunk.origins.append(RejectOrigin(source: nil, line: number, byteOffset: offset))
      return chunk.add(line, reason: RejectReason.notAReject.rawValue)
    }
    isKnown = true
    chunk.origins.append(record.origin)
    (record.text ?? []).withUnsafeBufferPointer { text in
      chunk.add(text, reason: record.isWhole ? Element.isEvent : record.reason.rawValue)
    }
  }
}

extension Chunk {
  /// Appends a text that was rejected as an element, and a line end, at which scanning stops.
  fileprivate func add(_ text: UnsafeBufferPointer<UInt8>, reason: UInt8) {
    let start = count
    if let base = text.baseAddress { append(base, count: text.count) }
    elements.append(Element(start: start, end: count, reason: reason))
    withUnsafePointer(to: InputForm.newline) { append($0, count: 1) }
  }
}
