// The arrows between layers: SwiftPM does not hold them, so this does.

import Testing

@Suite("Imports")
struct ImportTests {
  /// What each layer may import of ours, from top to bottom.
  static let arrows: [String: Set<String>] = [
    "evt": ["EvtCLI"],
    "EvtCLI": [
      "Analytics", "Query", "Store", "Ingest", "Columnar", "EvtCore", "ArgumentParser", "Glibc",
      "Yams",
    ],
    "Analytics": ["Query", "Columnar", "EvtCore", "CKernels", "Synchronization"],
    "Query": ["Store", "Columnar", "EvtCore", "CKernels", "Glibc", "Synchronization"],
    "Store": ["Columnar", "EvtCore", "Glibc", "Dispatch", "Synchronization"],
    "Ingest": ["Columnar", "EvtCore", "CKernels", "CZlib", "CISAL", "Glibc"],
    "Columnar": ["EvtCore", "CKernels", "CLZ4", "Synchronization"],
    "EvtCore": ["CKernels", "Dispatch", "Glibc", "Synchronization"],
  ]

  /// Modules that only these files may import.
  static let places: [String: Set<String>] = [
    "CZlib": ["ZlibStream.swift"],
    "CISAL": ["IsalStream.swift"],
    "CLZ4": ["LZ4Block.swift"],
    "Yams": ["YAMLReader.swift"],
  ]

  @Test("imports point down, never up or sideways")
  func pointDown() {
    let wrong = findings(in: Repository.sources) { file in
      let allowed = Self.arrows[file.target] ?? []
      return file.imports.filter { !allowed.contains($0) }.map {
        (1, "\(file.target) may not import \($0)")
      }
    }
    #expect(wrong == [])
  }

  @Test("every layer is in the table")
  func isComplete() {
    #expect(Set(Repository.sources.map(\.target)) == Set(Self.arrows.keys))
  }

  @Test("C libraries stay where they are wrapped")
  func stayInPlace() {
    let wrong = findings(in: Repository.sources) { file in
      file.imports.filter { Self.places[$0].map { !$0.contains(file.name) } ?? false }.map {
        (1, "only \(Self.places[$0]?.joined(separator: ", ") ?? "") may import \($0)")
      }
    }
    #expect(wrong == [])
  }

  @Test("no Foundation in the program: it costs start-up time, and in a static one its time zones")
  func noFoundation() {
    let wrong = findings(in: Repository.sources) { file in
      file.imports.filter { $0.hasPrefix("Foundation") }.map { (1, "imports \($0)") }
    }
    #expect(wrong == [])
  }
}
