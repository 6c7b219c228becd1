// Room on the disk for the one commit that frees room.

/// A file of the store that only takes up room, so that a retain can commit when the disk is full:
/// removing old events must not need what only it can provide.
struct Reserve {
  let files: any StoreFiles

  static let bytesMin = 64 << 10
  /// What a commit needs besides its catalogue: blocks by which directories grow.
  private static let directoryBytes = 16 << 10
  private static let draftName = "reserve"
  private static let pieceBytes = 64 << 10

  /// Makes the reserve if it is missing or too small for the commit after the one of a catalogue of
  /// `catalogueBytes`. Best effort: on a disk as full as that a later commit makes it.
  func provide(catalogueBytes: Int, by writer: WriterDirectory) {
    let needed = max(Self.bytesMin, catalogueBytes + Self.directoryBytes)
    let draft = writer.file(Self.draftName)
    do {
      let bytes = try size()
      if let bytes, bytes >= UInt64(needed) { return }
      // Larger than needed, as a catalogue that has grown will grow again.
      try write(needed > Self.bytesMin ? needed + needed / 4 : needed, to: draft)
      if bytes != nil { try files.remove(StoreLayout.reserve) }
      try files.rename(draft, to: StoreLayout.reserve)
    } catch {
      files.removeIfPossible(draft)
    }
  }

  /// Calls `body`, and once more without the reserve if there was no room on the disk.
  func lend<Result>(to body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as StoreError where error.isFullDisk {
      guard release() else { throw error }
      return try body()
    }
  }

  /// Frees the room; returns whether there was a reserve.
  private func release() -> Bool {
    do { try files.remove(StoreLayout.reserve) } catch { return false }
    // Some file systems give the blocks back with the next sync only.
    do { try files.syncDirectory("") } catch {}
    return true
  }

  /// The length of the reserve, nil without one.
  private func size() throws -> UInt64? {
    do {
      return try files.open(StoreLayout.reserve).size()
    } catch let error as StoreError where error.isMissingFile {
      return nil
    }
  }

  /// Writes bytes that no file system can leave out or compress: they are to be allocated.
  private func write(_ bytes: Int, to path: String) throws {
    let file = try files.create(path, access: .readWrite)
    // Marsaglia, "Xorshift RNGs"; any seed but zero.
    var random: UInt64 = 0x6576_7472_6573_7276
    var left = bytes
    while left > 0 {
      let words = (min(left, Self.pieceBytes) + 7) / 8
      let piece = (0..<words).map { _ in
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random
      }
      try piece.withUnsafeBytes { try file.append($0) }
      left -= words * 8
    }
    try file.sync()
  }
}
