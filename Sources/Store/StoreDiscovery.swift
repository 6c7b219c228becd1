// Where the store is when the command line does not say.

/// A store directory and whether it was asked for by name.
public struct StoreLocation: Hashable, Sendable {
  /// How the directory was chosen.
  public enum Origin: Sendable {
    case option, environment, found, standard
  }

  public var path: String
  public var origin: Origin

  /// The name of the directory that is looked for.
  public static let directoryName = ".evt"

  /// Chooses `--store`, else `$EVT_STORE`, else the nearest `.evt` upwards from `workingDirectory`
  /// (an absolute path), else `.evt` in it, which the first ingest creates.
  /// - Parameter isDirectory: whether a directory exists at a path.
  public init(
    option: String?, environment: String?, workingDirectory: String,
    isDirectory: (String) -> Bool
  ) {
    if let option {
      self.init(path: option, origin: .option)
      return
    }
    if let environment, !environment.isEmpty {
      self.init(path: environment, origin: .environment)
      return
    }
    var directory = Substring(workingDirectory)
    while directory.hasSuffix("/") { directory.removeLast() }
    while true {
      let candidate = "\(directory)/\(Self.directoryName)"
      if isDirectory(candidate) {
        self.init(path: candidate, origin: .found)
        return
      }
      guard let slash = directory.lastIndex(of: "/") else { break }
      directory = directory[..<slash]
    }
    self.init(path: "./\(Self.directoryName)", origin: .standard)
  }

  private init(path: String, origin: Origin) {
    self.path = path
    self.origin = origin
  }
}
