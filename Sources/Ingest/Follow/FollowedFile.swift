// One file that grows, from where it was opened to where it was renamed, removed or cut.

import CKernels
import Columnar
import EvtCore

/// Reads what is added to a file, and hands it out in whole lines.
///
/// Every byte is read and hashed once: the hash goes on with each line that is handed out, so that
/// the ledger can tell exactly what was committed.
final class FollowedFile {
  let name: String
  let file: OpenFile
  /// The number by which the rows of the run name the file.
  let ordinal: Int
  /// The mapping, once an event was seen.
  var mapping: FieldMapping?
  /// The record in the ledger that this run has written.
  private(set) var committed: SourceRecord?
  /// The record of an earlier run behind which this one reads.
  private let base: SourceRecord?
  /// Lines, rows and rejects of everything handed out, and of what was loaded before.
  private(set) var lines: Int
  private var rows: UInt64
  private var rejected: UInt64

  /// Of everything handed out.
  private var hash: ContentHash
  /// What was read and not handed out.
  private var pending = GrowableBuffer<UInt8>()
  private(set) var pendingLines = 0
  /// Whether the last read met the end of the file.
  private(set) var isAtEnd = false
  /// Bytes of `pending` up to and with its last line end.
  private var completeBytes = 0
  /// The first bytes of the file, which do not change as long as it only grows.
  private var head: [UInt8] = []
  private static let headBytesMax = 256
  private static let stepBytes = 256 << 10

  init(_ file: OpenFile, from start: FollowStart, ordinal: Int) throws {
    name = file.name
    self.file = file
    self.ordinal = ordinal
    hash = start.hash
    base = start.record
    lines = start.lines
    rows = start.record?.rows ?? 0
    rejected = start.record?.rejected ?? 0
    head = try Self.head(of: file, count: Self.headBytesMax)
  }

  /// Bytes that wait to be handed out.
  var pendingBytes: Int { pending.count }

  private var readBytes: UInt64 { hash.count + UInt64(pending.count) }

  /// Reads what was added, but not beyond `pendingMax` bytes that wait. Returns whether something
  /// was.
  func read(pendingMax: Int) throws -> Bool {
    let before = pending.count
    isAtEnd = false
    while pending.count < pendingMax {
      let wanted = min(Self.stepBytes, pendingMax - pending.count)
      pending.reserve(wanted)
      let target = pending.base + pending.count
      let got = try file.read(at: readBytes, into: target, count: wanted)
      isAtEnd = got < wanted
      if got == 0 { break }
      let behind = evt_last_byte(target, got, InputForm.newline)
      if behind > 0 {
        completeBytes = pending.count + behind
        pendingLines += evt_count_byte(target, got, InputForm.newline)
      }
      pending.count += got
      if got < wanted { break }
    }
    if pending.count >= pendingMax, completeBytes == 0 { throw tooLong(pendingMax) }
    return pending.count > before
  }

  /// Whether the file is shorter than what was read of it, or begins otherwise.
  func wasCut() throws -> Bool {
    let length = try file.currentLength()
    if length < readBytes { return true }
    let now = try Self.head(of: file, count: Self.headBytesMax)
    defer { head = now }
    return !now.starts(with: head)
  }

  /// Whether `name` still leads to this file; true also when it leads nowhere.
  var isInPlace: Bool { file.isStillNamed }

  /// Hands out the lines that are complete, and with `includingOpen` also what follows them.
  func takeLines(includingOpen: Bool) throws -> FollowedLines? {
    let count = includingOpen ? pending.count : completeBytes
    guard count > 0 else { return nil }
    if hash.count == 0 { try checkForm() }
    let taken = FollowedLines(
      UnsafeBufferPointer(start: pending.base, count: count), offset: hash.count)
    hash.add(UnsafeBufferPointer(start: pending.base, count: count))
    var rest = GrowableBuffer<UInt8>()
    rest.append(
      contentsOf: UnsafeBufferPointer(start: pending.base + count, count: pending.count - count))
    pending = rest
    completeBytes = 0
    pendingLines = 0
    return taken
  }

  /// Counts what became of the lines handed out.
  func count(lines: Int, rows: Int, rejected: Int) {
    self.lines &+= lines
    self.rows &+= UInt64(rows)
    self.rejected &+= UInt64(rejected)
  }

  /// The record of everything handed out.
  var record: SourceRecord {
    SourceRecord(
      name: name, content: hash.content, storedBytes: hash.count, storedHash: nil,
      device: file.device, inode: file.inode, rows: rows, duplicates: base?.duplicates ?? 0,
      rejected: rejected, lines: UInt64(clamping: lines), continues: base?.content.hash)
  }

  /// Notes that `record` is in the ledger now.
  func noteCommit(_ record: SourceRecord) { committed = record }

  private func checkForm() throws {
    let head = Array(
      UnsafeBufferPointer(start: pending.base, count: pending.count).prefix(64 << 10))
    let isText = head.withUnsafeBufferPointer { StoredForm($0, name: name) == .plain }
    guard isText, case .lines(InputForm.newline) = InputForm(head) else {
      throw IngestError(
        .badInput,
        "\(name): --follow takes plain text with one event a line; load this file without")
    }
  }

  private func tooLong(_ bytes: Int) -> IngestError {
    IngestError(
      .badInput,
      "\(name): line \(lines + 1) is longer than \(bytes >> 20) MiB and still has no end; load the "
        + "file without --follow, which passes over such lines")
  }

  private static func head(of file: OpenFile, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { bytes, got in
      guard let base = bytes.baseAddress else { return }
      got = try file.read(at: 0, into: base, count: count)
    }
  }
}

/// Whole lines as chunks.
final class FollowedLines: ChunkSource {
  private let text: [UInt8]
  /// The bytes of all lines.
  var count: Int { text.count }
  private var at = 0
  private let offset: UInt64

  /// Copies `text`, whose first byte is number `offset` of the file.
  init(_ text: UnsafeBufferPointer<UInt8>, offset: UInt64) {
    self.text = Array(text)
    self.offset = offset
    if offset == 0, self.text.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  func next() -> Chunk? {
    guard at < text.count else { return nil }
    var end = min(at + ChunkFiller.chunkBytes, text.count)
    if end < text.count {
      let cut = text[at..<end].lastIndex(of: InputForm.newline)
      let next = text[end...].firstIndex(of: InputForm.newline)
      end = (cut ?? next).map { $0 + 1 } ?? text.count
    }
    let chunk = Chunk(form: .lines(separator: InputForm.newline), capacity: end - at)
    text.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { chunk.append(base + at, count: end - at) }
    }
    chunk.offset = offset + UInt64(at)
    chunk.seal()
    at = end
    return chunk
  }
}
