// Finds and reads the generations of the catalogue, and leases one.

import EvtCore

/// A generation of the catalogue and the shared lock on its file. While the lease lives, no writer
/// removes a segment that the generation names.
final class LeasedCatalogue: Sendable {
  let loaded: LoadedCatalogue
  private let lease: any StoreFile

  init(_ loaded: LoadedCatalogue, lease: any StoreFile) {
    self.loaded = loaded
    self.lease = lease
  }

  var catalogue: Catalogue { loaded.catalogue }
}

/// The generations in a store directory.
struct CatalogueFiles: Sendable {
  let files: any StoreFiles

  /// How often a reader tries again when writers remove the generation it is about to lease. Each
  /// time means that two more commits were made in between.
  private static let leaseTries = 100

  /// The numbers of all generations present, ascending.
  func generations() throws -> [UInt64] {
    do {
      return try files.list(StoreLayout.catalogue)
        .compactMap { $0.kind == .file ? StoreLayout.generationNumber($0.name) : nil }.sorted()
    } catch let error as StoreError where error.isMissingFile {
      return []
    }
  }

  /// Reads the newest generation; for writers, who hold the store's lock and need no lease.
  func newest() throws -> LoadedCatalogue {
    guard let number = try generations().last else { throw noGeneration }
    let file = try files.open(StoreLayout.generation(number))
    return try read(file, number)
  }

  /// Reads generation `number`.
  func read(_ number: UInt64) throws -> LoadedCatalogue {
    try read(try files.open(StoreLayout.generation(number)), number)
  }

  /// Reads and leases the newest generation.
  ///
  /// A writer removes an old generation only under an exclusive lock on its file. So a reader that
  /// holds the shared lock and still finds the file under its name has a lease; otherwise it came
  /// too late, a newer generation exists, and it looks again.
  /// - Throws: `StoreError.damaged` when the newest generation is damaged: an older one would be a
  ///   wrong answer without a word.
  func leaseNewest() throws -> LeasedCatalogue {
    for attempt in 0..<Self.leaseTries {
      if attempt > 0 { files.pause(milliseconds: min(attempt, 10)) }
      guard let number = try generations().last else { throw noGeneration }
      if let leased = try lease(number) { return leased }
    }
    throw StoreError.busy(path: files.root, what: "the catalogue changes all the time")
  }

  private func lease(_ number: UInt64) throws -> LeasedCatalogue? {
    let file: any StoreFile
    do {
      file = try files.open(StoreLayout.generation(number))
    } catch let error as StoreError where error.isMissingFile {
      return nil
    }
    guard try file.tryLock(.shared), try file.isLinked() else { return nil }
    return LeasedCatalogue(try read(file, number), lease: file)
  }

  private func read(_ file: any StoreFile, _ number: UInt64) throws -> LoadedCatalogue {
    let path = StoreLayout.generation(number)
    let bytes = try files.readAll(file, path: path, limit: Limits.catalogueBytesMax)
    let loaded = try CatalogueDecoder.decode(bytes, path: files.shown(path))
    guard loaded.catalogue.generation == number else {
      throw StoreError.damaged(
        path: files.shown(path), what: "it holds generation \(loaded.catalogue.generation)")
    }
    return loaded
  }

  private var noGeneration: StoreError {
    .damaged(path: files.shown(StoreLayout.catalogue), what: "it holds no generation")
  }
}
