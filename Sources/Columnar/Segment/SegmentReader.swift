// Reads a segment: the footer once, then the blocks that are asked for.

import EvtCore
import Synchronization

/// The bytes of one segment file.
public protocol BlockSource: Sendable {
  /// Returns `count` bytes from `offset`.
  /// - Throws: an error of the source, also when the file is shorter.
  func read(offset: UInt64, count: Int) throws -> [UInt8]
}

/// One segment opened for reading. May be used from several threads.
public final class SegmentReader: Sendable {
  public let footer: SegmentFooter
  private let source: any BlockSource
  /// Counts what is read, and the number under which it does.
  private let meter: (counts: ReadMeter, segment: Int)?
  /// Which properties were kept when the segment was made, nil for all.
  private let keepsProperty: (@Sendable (String) -> Bool)?
  private let propertyIndex: [ExactText: Int]
  private let dictionaries = Mutex<[Int: TextList]>([:])

  /// The end of the file that is read first; it holds most footers whole.
  private static let firstRead = 32 << 10

  /// Reads and checks the footer of a file of `fileBytes` bytes.
  /// - Parameter footerHash: what the catalogue says of the footer.
  /// - Throws: `SegmentDamage`, or the error of `source`.
  public init(
    source: any BlockSource, fileBytes: UInt64, footerHash: Hash128?,
    keepsProperty: (@Sendable (String) -> Bool)? = nil,
    meter: (counts: ReadMeter, segment: Int)? = nil
  ) throws {
    self.source = source
    self.meter = meter
    self.keepsProperty = keepsProperty
    let least = SegmentLayout.headMagic.count + SegmentLayout.trailerBytes
    guard fileBytes >= UInt64(least), fileBytes <= UInt64(Int64.max) else {
      throw SegmentDamage("a file of \(fileBytes) bytes is too short for a segment")
    }
    let tailBytes = Int(min(fileBytes, UInt64(Self.firstRead)))
    var tail = try source.read(offset: fileBytes - UInt64(tailBytes), count: tailBytes)
    let trailer = try SegmentTrailer(in: tail)
    if let footerHash, footerHash != trailer.footerHash {
      throw SegmentDamage("the footer is not the one that the catalogue names")
    }
    let sealed = UInt64(trailer.footerStoredBytes) + UInt64(SegmentLayout.trailerBytes)
    guard Int(trailer.footerRawBytes) <= Limits.footerBytesMax,
      Int(trailer.footerStoredBytes) <= Limits.footerBytesMax,
      sealed <= fileBytes - UInt64(SegmentLayout.headMagic.count)
    else { throw SegmentDamage("footer of impossible size") }
    if sealed > UInt64(tail.count) {
      tail = try source.read(offset: fileBytes - sealed, count: Int(sealed))
    }
    meter?.counts.noteRead(bytes: tail.count)
    footer = try Self.decodeFooter(
      Array(tail.suffix(Int(sealed))), trailer, dataEnd: fileBytes - sealed)
    var index: [ExactText: Int] = [:]
    for (number, column) in footer.columns.enumerated() where column.role == .property {
      index[ExactText(column.path)] = number
    }
    propertyIndex = index
  }

  private static func decodeFooter(
    _ sealed: [UInt8], _ trailer: SegmentTrailer, dataEnd: UInt64
  ) throws -> SegmentFooter {
    let stored = Int(trailer.footerStoredBytes)
    let hash = sealed.withUnsafeBytes {
      Hash128(of: .init(rebasing: $0[0..<stored + SegmentLayout.digestedTrailerBytes]))
    }
    guard hash == trailer.footerHash else { throw SegmentDamage("the footer fails its checksum") }
    do throws(MalformedBytes) {
      var raw = Array(sealed[0..<stored])
      if stored != Int(trailer.footerRawBytes) {
        raw = try LZ4Block.decompress(raw, rawBytes: Int(trailer.footerRawBytes))
      }
      return try decoded(raw, dataEnd: dataEnd)
    } catch {
      throw SegmentDamage("footer: \(error.what)", offset: dataEnd)
    }
  }

  private static func decoded(
    _ raw: [UInt8], dataEnd: UInt64
  ) throws(MalformedBytes) -> SegmentFooter {
    let result = raw.withUnsafeBytes { raw -> Result<SegmentFooter, MalformedBytes> in
      var decoder = FooterDecoder(raw, dataEnd: dataEnd)
      do throws(MalformedBytes) { return .success(try decoder.decode()) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The index of the property column of `path`, which must have been kept: a query would take it
  /// for null.
  public func propertyColumn(_ path: String) -> Int? {
    precondition(keepsProperty?(path) ?? true, "BUG: the property \(path) was not kept")
    return propertyIndex[ExactText(path)]
  }

  /// Decodes `block` of column `column` into `vector`.
  /// - Parameters:
  ///   - places: the rows of the block that are wanted, ascending, which become those of the
  ///     vector; nil for all.
  ///   - byRun: whether all rows are wanted and, where they are stored as runs of texts, only
  ///     these.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func decode(
    column: Int, block: Int, at places: [UInt32]? = nil, byRun: Bool = false,
    into vector: inout ColumnVector
  ) throws {
    let entry = footer.columns[column]
    let dictionary = try dictionary(column: column)
    let raw = try read(entry.blocks[block], "block \(block)", of: entry.name)
    let rows = footer.rows(inBlock: block)
    if let meter { meter.counts.noteBlock(block, rows: rows, segment: meter.segment) }
    let damage = raw.withUnsafeBytes { raw -> MalformedBytes? in
      do throws(MalformedBytes) {
        if let places {
          try BlockCoding.decode(
            raw, rowCount: rows, at: places, dictionary: dictionary, into: &vector)
        } else {
          try BlockCoding.decode(
            raw, rowCount: rows, byRun: byRun, dictionary: dictionary, into: &vector)
        }
        return nil
      } catch { return error }
    }
    if let damage {
      throw Self.damage("block \(block)", entry.name, damage.what, entry.blocks[block].offset)
    }
  }

  /// Decodes `block` of the property `path`, wherever the segment keeps it: in a column of its own
  /// or in the overflow column. Rows of a segment without the path are absent.
  /// - Parameter places: as above.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func decode(
    path: String, block: Int, at places: [UInt32]? = nil, into vector: inout ColumnVector
  ) throws {
    if let column = propertyIndex[ExactText(path)] {
      return try decode(column: column, block: block, at: places, into: &vector)
    }
    guard let overflow = footer.column(role: .overflow) else {
      return vector.setAbsent(rowCount: places?.count ?? footer.rows(inBlock: block))
    }
    var objects = ColumnVector()
    try decode(column: overflow, block: block, into: &objects)
    guard let extracted = ColumnVector(member: path, of: objects) else {
      let name = footer.columns[overflow].name
      throw Self.damage("block \(block)", name, "not an overflow object", nil)
    }
    vector = places.map(extracted.picked) ?? extracted
  }

  /// The segment-wide dictionary of `column`, read once; nil if it has none.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func dictionary(column: Int) throws -> TextList? {
    let entry = footer.columns[column]
    guard let block = entry.dictionary else { return nil }
    if let known = dictionaries.withLock({ $0[column] }) { return known }
    let raw = try read(block, "dictionary", of: entry.name)
    let result = raw.withUnsafeBytes { raw -> Result<TextList, MalformedBytes> in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        let texts = try TextListCoding.decode(
          &reader, count: entry.dictionaryCount, isSortedDictionary: true)
        guard reader.remaining == 0 else { throw reader.malformed("bytes behind the texts") }
        return .success(texts)
      } catch { return .failure(error) }
    }
    switch result {
    case .success(let texts):
      dictionaries.withLock { $0[column] = texts }
      return texts
    case .failure(let damage):
      throw Self.damage("dictionary", entry.name, damage.what, block.offset)
    }
  }

  /// The filter of the keys in `block`, nil when no row of the segment has an event id.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func keyFilter(block: Int) throws -> KeyFilter? {
    guard !footer.keyFilters.isEmpty else { return nil }
    let reference = footer.keyFilters[block]
    let raw = try read(reference, "key filter \(block)", of: "event_id")
    let result = raw.withUnsafeBytes { raw -> Result<KeyFilter, MalformedBytes> in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        let filter = try KeyFilter(&reader, rowCount: footer.rows(inBlock: block))
        guard reader.remaining == 0 else { throw reader.malformed("bytes behind the keys") }
        return .success(filter)
      } catch { return .failure(error) }
    }
    switch result {
    case .success(let filter): return filter
    case .failure(let damage):
      throw Self.damage("key filter \(block)", "event_id", damage.what, reference.offset)
    }
  }

  /// Lets go of the dictionaries read so far, for whoever goes through all columns once.
  func releaseDictionaries() { dictionaries.withLock { $0 = [:] } }

  /// Checks what no query reads: the first bytes of the file.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func checkHead() throws {
    let head = try source.read(offset: 0, count: SegmentLayout.headMagic.count)
    guard head == SegmentLayout.headMagic else {
      throw SegmentDamage("the file does not begin as a segment does", offset: 0)
    }
  }

  private func read(
    _ block: BlockReference, _ what: String, of column: String
  ) throws -> [UInt8] {
    let stored = try source.read(offset: block.offset, count: Int(block.storedBytes))
    meter?.counts.noteRead(bytes: stored.count)
    guard stored.withUnsafeBytes({ StableHash.crc32c($0) }) == block.checksum else {
      throw Self.damage(what, column, "fails its checksum", block.offset)
    }
    guard block.isCompressed else { return stored }
    do throws(MalformedBytes) {
      return try LZ4Block.decompress(stored, rawBytes: Int(block.rawBytes))
    } catch {
      throw Self.damage(what, column, error.what, block.offset)
    }
  }

  private static func damage(
    _ what: String, _ column: String, _ why: String, _ offset: UInt64?
  ) -> SegmentDamage {
    SegmentDamage("\(what) of \(column): \(why)", offset: offset)
  }
}

extension ColumnVector {
  /// The values of member `path` of the overflow objects in `objects`; nil when one of them is
  /// not an overflow object.
  init?(member path: String, of objects: ColumnVector) {
    self.init()
    rowCount = objects.rowCount
    uniformKind = nil
    kinds = [UInt8](repeating: ValueKind.absent.rawValue, count: rowCount)
    var ends: [UInt32] = []
    var bytes: [UInt8] = []
    for row in 0..<rowCount where objects.kind(row) == .json {
      let members = objects.texts.withBytes(Int(objects.codes[row])) {
        OverflowObject.members(of: $0)
      }
      guard let members else { return nil }
      guard let member = members.last(where: { ExactText($0.path) == ExactText(path) }) else {
        continue
      }
      kinds[row] = member.kind.rawValue
      if member.kind.isNumeric {
        if numbers.isEmpty { numbers = [Int64](repeating: 0, count: rowCount) }
        numbers[row] = member.bits
      } else if member.kind.isTextual {
        if codes.isEmpty { codes = [UInt32](repeating: 0, count: rowCount) }
        codes[row] = UInt32(ends.count)
        bytes.append(contentsOf: member.text)
        ends.append(UInt32(bytes.count))
      }
    }
    texts = TextList(ends: ends, bytes: bytes, isSortedDictionary: false)
  }
}
