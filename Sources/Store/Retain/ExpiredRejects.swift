// Rejected lines that have been kept long enough.

/// The files in the store's `rejects` that were last written before an instant: what is personal in
/// a line must not outlive the events. Everything here is best effort.
struct ExpiredRejects {
  let files: any StoreFiles
  /// In nanoseconds since 1970.
  let limit: Int64

  /// How many there are.
  func count() -> Int { paths().count }

  /// Removes them; returns how many were removed.
  func remove() -> Int {
    var removed = 0
    for path in paths() {
      do {
        try files.remove(path)
        removed += 1
      } catch {}
    }
    if removed > 0 { do { try files.syncDirectory(StoreLayout.rejects) } catch {} }
    return removed
  }

  private func paths() -> [String] {
    let entries = (try? files.list(StoreLayout.rejects)) ?? []
    return entries.filter { $0.kind == .file && $0.name.hasSuffix(StoreLayout.rejectSuffix) }
      .map { "\(StoreLayout.rejects)/\($0.name)" }
      .filter { path in
        guard let time = try? files.open(path).modificationTime() else { return false }
        return time < limit
      }
  }
}
