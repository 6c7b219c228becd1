// An input opened for loading: its chunks, and what is known of it before the first one is parsed.

import Columnar
import EvtCore

/// The text of one input from where loading begins.
final class InputText: ChunkSource {
  let file: OpenFile
  let reader: any ContentSource
  let continued: SourceRecord?
  /// Line ends before the first chunk, and bytes of its first line before it.
  private(set) var lines = 0
  private(set) var column = 0
  let form: InputForm
  private let source: any ChunkSource
  /// Chunks read to look at, to be handed out first.
  private var peeked: [Chunk] = []

  /// How many chunks are searched for an event before parsing starts.
  private static let peekedMax = 4

  /// Opens the text of `file`, from behind what `continued` covers; `ahead` is its content if that
  /// is being read already.
  init(
    _ file: OpenFile, replay: [UInt8], continued: SourceRecord?, ahead: ReadAhead? = nil,
    isRejects: Bool = false, chunkBytes: Int = ChunkFiller.chunkBytes
  ) throws {
    self.file = file
    self.continued = continued
    reader = try ahead ?? ContentReader(StoredBytes(file, replay: replay))
    var head = try Self.head(of: reader)
    let name = ContentReader.shown(file.name)
    try head.withUnsafeBufferPointer { bytes in
      switch StoredForm(bytes, name: file.name) {
      case .plain: break
      case .gzip:
        throw IngestError(
          .badInput, "\(name): holds gzip data in gzip data; inflate it once before")
      case .foreign(let what, let remedy):
        throw IngestError(.badInput, "\(name): is \(what); \(remedy)")
      }
    }
    var offset: UInt64 = 0
    let isMarked = head.starts(with: [0xEF, 0xBB, 0xBF])
    form = InputForm(isMarked ? Array(head.dropFirst(3)) : head)
    var loaded: UInt64 = 0
    if let continued {
      switch form {
      case .lines(let separator):
        let start = try ContinuedStart(
          after: continued, head: head, reader: reader, separator: separator)
        (head, offset, lines, column) = (start.head, start.offset, start.lines, start.column)
      case .values: loaded = continued.content.bytes
      }
    }
    if offset == 0, isMarked {
      head.removeFirst(3)
      offset = 3
    }
    let filler = ChunkFiller(reader, head: head, target: chunkBytes)
    switch form {
    case .lines(let separator) where isRejects:
      source = ReplaySource(filler, separator: separator, offset: offset, name: name)
    case .values where isRejects: throw ReplaySource.foreign(name)
    case .lines(let separator):
      source = LineCutter(filler, separator: separator, offset: offset)
    case .values: source = ElementSplitter(filler, offset: offset, loadedBytes: loaded)
    }
  }

  private static func head(of reader: any ContentSource) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: SourceContent.prefixLength) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      count = try reader.fill(base, count: SourceContent.prefixLength)
    }
  }

  /// The next chunk, or nil at the end.
  func next() throws -> Chunk? { peeked.isEmpty ? try source.next() : peeked.removeFirst() }

  /// The mapping that fits the first events. Chunks looked at are handed out later.
  func mapping(by detector: MappingDetector) throws -> FieldMapping? {
    while peeked.count < Self.peekedMax, let chunk = try source.next() {
      peeked.append(chunk)
      let name = ContentReader.shown(file.name)
      if let mapping = try detector.mapping(for: chunk, source: name) { return mapping }
    }
    return nil
  }

  /// The record of the input once it was read to its end.
  func record(rows: Int, rejected: Int, lines: Int) -> SourceRecord {
    SourceRecord(
      name: file.name, content: reader.content, storedBytes: reader.storedBytes,
      storedHash: reader.storedHash, device: file.device, inode: file.inode,
      rows: UInt64(rows) &+ (continued?.rows ?? 0), duplicates: continued?.duplicates ?? 0,
      rejected: UInt64(rejected) &+ (continued?.rejected ?? 0), lines: UInt64(clamping: lines),
      continues: continued?.content.hash)
  }
}
