// Unsafe memory stays in the files that need its speed, so that a review knows where to look.

import Testing

@Suite("Unsafe memory")
struct PointerTests {
  /// Folders whose hot loops, file formats or system calls work on raw memory.
  static let folders = [
    "Sources/EvtCore/Memory/", "Sources/Columnar/Batch/", "Sources/Columnar/Encoding/",
    "Sources/Columnar/Keys/", "Sources/Columnar/Merge/", "Sources/Columnar/Segment/",
    "Sources/Columnar/Vector/", "Sources/Ingest/Follow/", "Sources/Ingest/Input/",
    "Sources/Ingest/Parse/", "Sources/Ingest/Rewrite/", "Sources/Ingest/Run/",
    "Sources/Store/Files/",
    "Sources/Store/Catalogue/", "Sources/Query/Aggregate/", "Sources/Query/Filter/",
    "Sources/Query/Scan/",
    "Sources/Analytics/Cohort/", "Sources/Analytics/Funnel/", "Sources/Analytics/Timeline/",
  ]
  /// Single files outside of them.
  static let files: Set<String> = [
    "Sources/EvtCore/ExactText.swift", "Sources/EvtCore/NumberText.swift",
    "Sources/EvtCore/StableHash.swift", "Sources/EvtCore/Time/TimeText.swift",
    "Sources/EvtCLI/Output/OutputBuffer.swift", "Sources/Query/Evaluate/LikePattern.swift",
    "Sources/Query/Raw/EventWriter.swift", "Sources/Query/Select/RowOrder.swift",
    "Sources/Query/Value/ValueCoding.swift",
    "Sources/Query/Value/ValueOrder.swift",
  ]

  private static let words = ["UnsafePointer", "UnsafeMutable", "UnsafeRaw", "UnsafeBuffer"]

  private static func usesPointers(_ file: TextFile) -> Bool {
    file.code.contains { line in words.contains { line.contains($0) } }
  }

  @Test("pointers occur in the listed places only")
  func stayInPlace() {
    let wrong = Repository.sources.filter { file in
      Self.usesPointers(file) && !Self.files.contains(file.path)
        && !Self.folders.contains { file.path.hasPrefix($0) }
    }
    #expect(wrong.map(\.path) == [])
  }

  @Test("the list names no file that does without")
  func listIsCurrent() {
    let using = Set(Repository.sources.filter(Self.usesPointers).map(\.path))
    #expect(Self.files.subtracting(using) == [])
  }

  @Test("C functions are called from the layers that wrap them, never from above")
  func kernelsStayBelow() {
    let above: Set<String> = ["evt", "EvtCLI", "Store"]
    let wrong = Repository.sources.filter { file in
      above.contains(file.target)
        && file.code.contains { $0.contains("evt_") && !$0.contains("\"") }
    }
    #expect(wrong.map(\.path) == [])
  }
}
