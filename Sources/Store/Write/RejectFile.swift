// Lines that could not be stored, kept for the user.

/// A file of rejected lines in the store's `rejects` directory, made with the first line. It is
/// kept whatever becomes of the ingest.
public final class RejectFile {
  private let files: any StoreFiles
  private var file: (any StoreFile)?
  private var pending: [UInt8] = []
  private var relativePath: String?

  private static let pendingBytesMax = 256 << 10
  private static let tries = 1_000

  init(files: any StoreFiles) { self.files = files }

  /// The path of the file, nil while no line was rejected.
  public var path: String? { relativePath.map { files.shown($0) } }

  /// Adds `bytes`, whole lines.
  /// - Throws: `StoreError`.
  public func append(_ bytes: ArraySlice<UInt8>) throws {
    if file == nil { file = try make() }
    pending += bytes
    if pending.count >= Self.pendingBytesMax { try flush() }
  }

  /// Makes everything added so far durable.
  /// - Throws: `StoreError`.
  public func sync() throws {
    guard let file else { return }
    try flush()
    try file.sync()
    try files.syncDirectory(StoreLayout.rejects)
  }

  private func flush() throws {
    let bytes = pending
    pending = []
    try bytes.withUnsafeBytes { try file?.append($0) }
  }

  private func make() throws -> any StoreFile {
    let known = try files.list(StoreLayout.rejects)
      .compactMap { Int($0.name.prefix { $0 != "." }) }.filter { $0 >= 0 && $0 < Int.max / 2 }
    let first = (known.max() ?? 0) + 1
    for number in first..<first + Self.tries {
      do {
        let path = StoreLayout.rejectFile(number)
        let made = try files.create(path, access: .readWrite)
        relativePath = path
        return made
      } catch let error as StoreError where error.isExistingFile {}
    }
    throw StoreError.busy(path: files.shown(StoreLayout.rejects), what: "too many writers")
  }
}
