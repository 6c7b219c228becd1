// Merges stored segments into files of a writer's directory.

import Columnar
import EvtCore
import Synchronization

/// Segments and the files, written and synced, that are to take their place.
struct Rewrite: Sendable {
  var segments: [StoredSegment]
  var results: [RewrittenSegment]
}

/// A segment file that is written but not committed.
struct RewrittenSegment: Sendable {
  var path: String
  var merged: MergedSegment
}

/// Writes merged segments. Safe for several threads.
final class SegmentRewriter: Sendable {
  private let files: any StoreFiles
  private let directory: String
  private let nextNumber = Atomic<Int>(0)

  /// Blocks are written in pieces of this size.
  private static let pieceBytes = 1 << 20

  private let textBytesMax: Int

  init(
    files: any StoreFiles, writer: WriterDirectory,
    textBytesMax: Int = Limits.mergedTextBytesMax
  ) {
    self.files = files
    self.textBytesMax = textBytesMax
    directory = writer.path
  }

  /// Merges `inputs` into one file and makes it durable.
  /// - Throws: `MergeTooLarge`, `SegmentDamage`, `StoreError`; then the file is gone.
  func merge(_ inputs: [MergeInput]) throws -> RewrittenSegment {
    let merge = try SegmentMerge(inputs, textBytesMax: textBytesMax)
    let number = nextNumber.add(1, ordering: .relaxed).oldValue
    let path = "\(directory)/merged-\(number)\(StoreLayout.segmentSuffix)"
    do {
      let file = try files.create(path, access: .readOnly)
      var pending: [UInt8] = []
      let merged = try merge.write { bytes in
        pending += bytes
        guard pending.count >= Self.pieceBytes else { return }
        try pending.withUnsafeBytes { try file.append($0) }
        pending.removeAll(keepingCapacity: true)
      }
      try pending.withUnsafeBytes { try file.append($0) }
      try file.sync()
      return RewrittenSegment(path: path, merged: merged)
    } catch {
      files.removeIfPossible(path)
      throw error
    }
  }

  /// Writes the rows of `reader` but those of `dropped`, into several files should one take too
  /// much memory.
  func rewrite(
    _ reader: SegmentReader, runs: [UInt64], without dropped: RowSet
  ) throws -> [RewrittenSegment] {
    do {
      return [try merge([MergeInput(reader: reader, runs: runs, dropped: dropped)])]
    } catch let error as MergeTooLarge {
      let kept = (0..<reader.footer.rowCount).filter { !dropped.contains($0) }
      guard kept.count > 1 else { throw error }
      return try [kept[(kept.count / 2)...], kept[..<(kept.count / 2)]].flatMap { otherHalf in
        var others = dropped
        for row in otherHalf { others.insert(row) }
        return try rewrite(reader, runs: runs, without: others)
      }
    }
  }
}

extension Catalogue {
  /// Puts the results of `rewrites` in the place of their segments, all of which it must have.
  /// - Returns: the files that this names.
  mutating func apply(_ rewrites: [Rewrite]) -> [PreparedFile] {
    let replaced = Set(rewrites.flatMap { $0.segments.map(\.id) })
    segments.removeAll { replaced.contains($0.id) }
    var prepared: [PreparedFile] = []
    for result in rewrites.flatMap(\.results) {
      let stored = StoredSegment(
        id: nextSegment, runs: result.merged.runs, summary: result.merged.summary)
      nextSegment += 1
      segments.append(stored)
      prepared.append(PreparedFile(source: result.path, target: stored.path))
    }
    segments.sort(by: precedes)
    return prepared
  }
}
