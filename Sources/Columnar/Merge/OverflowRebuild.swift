// Overflow objects whose paths are not the same before and after a merge.

import EvtCore

/// Makes the overflow objects of one input as the merged segment needs them: without the paths that
/// get a column there, with those that lose theirs.
struct OverflowRebuild: Sendable {
  /// The input's overflow column, if it has one.
  var column: Int?
  /// Paths that get a column.
  var promoted: Set<ExactText>
  /// The input's columns that lose their place, by path.
  var demoted: [(path: String, column: Int)]

  /// Makes the objects of `block`; `column` may be among those of other segments.
  /// - Throws: `MergeTooLarge`; `SegmentDamage`, or the error of the source.
  func load(_ reader: SegmentReader, block: Int, into vector: inout ColumnVector) throws {
    if let column, promoted.isEmpty, demoted.isEmpty {
      return try reader.decode(column: column, block: block, into: &vector)
    }
    var members = [[OverflowMember]](repeating: [], count: reader.footer.rows(inBlock: block))
    if let column {
      try reader.decode(column: column, block: block, into: &vector)
      for row in members.indices where vector.kind(row) == .json {
        members[row] = try Self.members(of: vector, row: row).filter {
          !promoted.contains(ExactText($0.path))
        }
      }
    }
    // A column of one value takes nothing, but as members it is a path and a text in every row.
    var bytes = 0
    for (path, column) in demoted {
      try reader.decode(column: column, block: block, into: &vector)
      for row in members.indices where vector.kind(row) != .absent {
        let member = OverflowMember(path: path, value: row, of: vector)
        bytes += MemoryLayout<OverflowMember>.stride + path.utf8.count + member.text.count
        if bytes > Limits.mergedOverflowBytesMax { throw MergeTooLarge() }
        members[row].append(member)
      }
    }
    vector = ColumnVector(overflow: members)
  }

  /// The members of the object of `row`.
  static func members(of objects: ColumnVector, row: Int) throws -> [OverflowMember] {
    let members = objects.texts.withBytes(Int(objects.codes[row])) {
      OverflowObject.members(of: $0)
    }
    guard let members else { throw SegmentDamage("row \(row) has no overflow object") }
    return members
  }
}

extension OverflowMember {
  /// The value of `row` under `path`.
  fileprivate init(path: String, value row: Int, of vector: ColumnVector) {
    let kind = vector.kind(row)
    self.init(
      path: path, kind: kind, bits: kind.isNumeric ? vector.numbers[row] : 0,
      text: kind.isTextual ? vector.texts.withBytes(Int(vector.codes[row])) { Array($0) } : [])
  }
}

extension ColumnVector {
  /// The objects of `members`, by row; a row without members is absent.
  fileprivate init(overflow members: [[OverflowMember]]) {
    self.init()
    rowCount = members.count
    uniformKind = nil
    kinds = members.map { ($0.isEmpty ? ValueKind.absent : .json).rawValue }
    codes = [UInt32](repeating: 0, count: rowCount)
    var ends: [UInt32] = []
    var bytes: [UInt8] = []
    for (row, members) in members.enumerated() where !members.isEmpty {
      var object = OverflowObject()
      for member in members.sorted(by: { ExactText($0.path) < ExactText($1.path) }) {
        member.text.withUnsafeBytes {
          object.append(path: member.path, kind: member.kind, bits: member.bits, text: $0)
        }
      }
      codes[row] = UInt32(ends.count)
      bytes += object.json
      ends.append(UInt32(bytes.count))
    }
    texts = TextList(ends: ends, bytes: bytes, isSortedDictionary: false)
  }
}
