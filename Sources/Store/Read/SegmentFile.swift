// The bytes of one stored segment, for the segment reader.

import Columnar
import EvtCore

/// Reads a segment's file, opened when it is needed. Of a committed one it holds the lease, so that
/// the file stays in the store as long as anybody may read it.
final class SegmentFile: BlockSource {
  private let path: String
  private let fileBytes: UInt64
  private let files: any StoreFiles
  private let cache: OpenFileCache
  private let lease: LeasedCatalogue?

  init(
    path: String, fileBytes: UInt64, files: any StoreFiles, cache: OpenFileCache,
    lease: LeasedCatalogue?
  ) {
    self.path = path
    self.fileBytes = fileBytes
    self.files = files
    self.cache = cache
    self.lease = lease
  }

  /// Checks that the file exists with the length that the catalogue knows.
  func check() throws {
    let size: UInt64
    do {
      size = try cache.file(path).size()
    } catch let error as StoreError where error.isMissingFile {
      throw damage("it is missing although the catalogue names it")
    }
    guard size == fileBytes else {
      throw damage("it has \(size) bytes, the catalogue says \(fileBytes)")
    }
  }

  func read(offset: UInt64, count: Int) throws -> [UInt8] {
    let (end, overflow) = offset.addingReportingOverflow(UInt64(max(count, 0)))
    guard count >= 0, !overflow, end <= fileBytes else {
      throw damage("it refers to bytes behind its end")
    }
    let bytes = try cache.file(path).read(offset: offset, count: count)
    guard bytes.count == count else { throw damage("it became shorter while it was read") }
    return bytes
  }

  private func damage(_ what: String) -> StoreError {
    .damaged(path: files.shown(path), what: what)
  }
}
