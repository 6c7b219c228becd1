// The one way in which a store changes.

import EvtCore

/// A file that becomes part of the store with a commit.
struct PreparedFile {
  var source: String
  var target: String
}

/// Makes a new generation current, or leaves everything as it was. Lives under the store's lock.
///
/// The order is the whole point: what a generation names is durable under its final name before the
/// generation is; the generation's content is durable before it gets its name; and success is only
/// reported when that name is durable.
struct GenerationCommit {
  /// The newest generation.
  let current: LoadedCatalogue
  private let files: any StoreFiles

  private static let draftName = "catalogue"

  /// Reads the newest generation and clears away what earlier writers left.
  /// - Throws: `StoreError`.
  init(files: any StoreFiles) throws {
    self.files = files
    current = try CatalogueFiles(files: files).newest()
    Collector(files: files).clear(current: current.catalogue)
  }

  /// The generation that follows, which differs in nothing yet.
  var next: Catalogue {
    var next = current.catalogue
    next.generation += 1
    next.previousHash = current.hash
    return next
  }

  /// Makes `next` the current generation, together with the durable files that it now names.
  /// - Throws: `StoreError`; the store is unchanged except after `.outcomeUnknown`.
  func publish(
    _ next: Catalogue, _ prepared: [PreparedFile] = [], by writer: WriterDirectory
  ) throws {
    let draft = writer.file(Self.draftName)
    let bytes = try write(next, to: draft)
    try place(prepared)
    do {
      try files.rename(draft, to: StoreLayout.generation(next.generation))
    } catch StoreError.file(let failure) {
      // Only a draft that is still there proves that the failure happened before the renaming.
      guard (try? files.exists(draft)) == true else { throw StoreError.outcomeUnknown(failure) }
      for file in prepared { files.removeIfPossible(file.target) }
      throw StoreError.file(failure)
    }
    do {
      try files.syncDirectory(StoreLayout.catalogue)
    } catch StoreError.file(let failure) {
      throw StoreError.outcomeUnknown(failure)
    }
    let collector = Collector(files: files)
    collector.removeOldGenerations(current: next)
    collector.removeUnnamedFiles(current: next)
    Reserve(files: files).provide(catalogueBytes: bytes, by: writer)
  }

  private func place(_ prepared: [PreparedFile]) throws {
    do {
      for file in prepared { try files.rename(file.source, to: file.target) }
      for directory in Set(prepared.map { splitPath($0.target).directory }).sorted() {
        try files.syncDirectory(directory)
      }
    } catch {
      for file in prepared { files.removeIfPossible(file.target) }
      throw error
    }
  }

  /// Returns the length of the file.
  private func write(_ catalogue: Catalogue, to draft: String) throws -> Int {
    let bytes = catalogue.encoded().bytes
    guard bytes.count <= Limits.catalogueBytesMax else {
      throw StoreError.catalogueFull(path: files.root, bytes: bytes.count)
    }
    let file = try files.create(draft, access: .readWrite)
    try bytes.withUnsafeBytes { try file.append($0) }
    try file.sync()
    return bytes.count
  }
}
