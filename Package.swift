// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func layer(_ name: String, on below: Target.Dependency...) -> Target {
  .target(name: name, dependencies: below, swiftSettings: house)
}

func tests(
  _ name: String, on below: Target.Dependency..., exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: below + ["TestSupport"], exclude: exclude, swiftSettings: house)
}

// ISA-L inflates gzip twice as fast as zlib; the Makefile looks whether it is there.
let hasISAL = Context.environment["EVT_ISAL"] == "1"
let inflaters: [Target.Dependency] = hasISAL ? ["CZlib", "CISAL"] : ["CZlib"]

let package = Package(
  name: "evt",
  products: [.executable(name: "evt", targets: ["evt"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The data path, in order. A layer imports only what its line names.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"])]),
    layer("EvtCore", on: "CKernels"),
    layer("Columnar", on: "EvtCore", "CKernels", "CLZ4"),
    .target(
      name: "Ingest", dependencies: ["EvtCore", "Columnar", "CKernels"] + inflaters,
      swiftSettings: house + (hasISAL ? [.define("ISAL")] : [])),
    layer("Store", on: "EvtCore", "Columnar"),
    layer("Query", on: "EvtCore", "Columnar", "Store", "CKernels"),
    layer("Analytics", on: "EvtCore", "Columnar", "Query", "CKernels"),
    layer(
      "EvtCLI", on: "EvtCore", "Columnar", "Ingest", "Store", "Query", "Analytics",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Yams", package: "Yams")),
    .executableTarget(name: "evt", dependencies: ["EvtCLI"], swiftSettings: house),

    .target(
      name: "TestSupport", dependencies: ["EvtCore", "Columnar", "Store"],
      path: "Tests/TestSupport",
      swiftSettings: house),
    tests("EvtCoreTests", on: "EvtCore"),
    tests("ColumnarTests", on: "EvtCore", "Columnar"),
    tests("IngestTests", on: "EvtCore", "Columnar", "Ingest"),
    tests("StoreTests", on: "EvtCore", "Columnar", "Store"),
    tests("QueryTests", on: "EvtCore", "Columnar", "Store", "Query"),
    tests("AnalyticsTests", on: "EvtCore", "Columnar", "Store", "Query", "Analytics"),
    tests(
      "EvtCLITests", on: "EvtCLI", "EvtCore", "Columnar", "Ingest", "Store", "Query", "Analytics",
      exclude: ["Cases", "ClickHouse"]),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "EvtCore", "Columnar", "Ingest", "Store", "Query", "Analytics", "CKernels", "TestSupport",
      ],
      path: "Tests/FuzzTargets", swiftSettings: house),
    tests("FuzzTests", on: "FuzzTargets"),
    tests("TidyTests", exclude: ["TestedElsewhere.txt"]),
  ] + (hasISAL ? [.systemLibrary(name: "CISAL", pkgConfig: "libisal")] : [])
)

// Built by make fuzz alone: everything in it is watched by the fuzzer and by AddressSanitizer.
if Context.environment["EVT_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "evt-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz", swiftSettings: house,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]))
}
