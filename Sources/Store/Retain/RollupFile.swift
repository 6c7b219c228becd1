// The file of a rollup.

import Columnar
import EvtCore

/// Reads and makes the files in `rollups`.
enum RollupFile {
  private static let frame = FileFrame(
    magic: Array("EVTROLLU".utf8), version: 1, noun: "rollup", bytesMax: Limits.rollupBytesMax)

  /// The bytes of the file and their trailing hash.
  /// - Throws: `StoreError.rollupTooLarge`.
  static func bytes(
    of rollup: DayRollup, files: any StoreFiles
  ) throws -> (bytes: [UInt8], hash: Hash128) {
    let body = RollupCoding.encode(rollup)
    let count = body.count + FileFrame.headerBytes + FileFrame.trailerBytes
    guard count <= Limits.rollupBytesMax else {
      throw StoreError.rollupTooLarge(
        path: files.root, day: rollup.day.description, bytes: count)
    }
    return frame.wrap(body)
  }

  /// Reads the rollup that the catalogue names.
  /// - Throws: `StoreError`.
  static func read(_ stored: StoredRollup, files: any StoreFiles) throws -> DayRollup {
    let path = files.shown(stored.path)
    do {
      let file = try files.open(stored.path)
      let bytes = try files.readAll(file, path: stored.path, limit: Limits.rollupBytesMax)
      let rollup = try bytes.withUnsafeBytes { bytes in
        let (body, hash) = try frame.unwrap(bytes, path: path)
        guard hash == stored.summary.hash else {
          throw StoreError.damaged(path: path, what: "it is not the file the catalogue names")
        }
        return try RollupCoding.decode(Array(body))
      }
      guard rollup.day == stored.summary.day, rollup.rows == stored.summary.rowCount else {
        throw StoreError.damaged(path: path, what: "it is not the rollup the catalogue means")
      }
      return rollup
    } catch let error as StoreError where error.isMissingFile {
      throw StoreError.damaged(path: path, what: "it is missing although the catalogue names it")
    } catch let malformed as MalformedBytes {
      throw StoreError.damaged(path: path, what: malformed.what)
    }
  }
}
