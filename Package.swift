// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
]

/// `JSONReader` and `BlockTrace` hold a `Span`, which the compiler lets them do with this feature; importers need no flag.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

let package = Package(
  name: "forward-pass-profiler",
  platforms: [.macOS("26.0")],
  products: [
    .library(name: "LlamaCore", targets: ["LlamaCore"]),
    .library(name: "Profiler", targets: ["Profiler"]),
    .library(name: "ProfileStore", targets: ["ProfileStore"]),
    .library(name: "ProfileReport", targets: ["ProfileReport"]),
    // For the package in `Benchmarks`: it shows nothing to anybody else.
    .library(name: "ProfileBench", targets: ["ProfileBench"]),
    .executable(name: "fp-cli", targets: ["fp-cli"]),
  ],
  traits: [
    .default(enabledTraits: ["OneDNN"]),
    .trait(name: "OneDNN", description: "bfloat16 matmuls through oneDNN (libdnnl-dev); Linux on x86-64."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.8.0"),
  ],
  targets: [
    // On macOS CBLAS and LAPACK come with Accelerate.
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .target(name: "Foundations", swiftSettings: strict + lifetimes),
    .target(name: "Statistics", dependencies: ["Foundations"], swiftSettings: strict),
    .target(
      name: "LlamaCore",
      dependencies: [
        "Foundations", .target(name: "COpenBLAS", condition: .when(platforms: [.linux])),
        .target(name: "COneDNN", condition: .when(platforms: [.linux], traits: ["OneDNN"])),
      ],
      swiftSettings: strict + lifetimes,
      linkerSettings: [.linkedFramework("Accelerate", .when(platforms: [.macOS]))]
    ),
    .target(
      name: "Profiler",
      dependencies: [
        "Foundations", "Statistics", "LlamaCore", .target(name: "CLAPACKE", condition: .when(platforms: [.linux])),
      ],
      swiftSettings: strict,
      linkerSettings: [.linkedFramework("Accelerate", .when(platforms: [.macOS]))]
    ),
    .target(
      name: "ProfileStore",
      dependencies: [
        "Foundations", "LlamaCore", "Profiler", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict
    ),
    .target(name: "CorpusBuilder", dependencies: ["Foundations", "Profiler"], swiftSettings: strict),
    .target(
      name: "ProfileReport", dependencies: ["Foundations", "Statistics", "LlamaCore", "Profiler", "ProfileStore"],
      resources: [.embedInCode("Report/report.js"), .embedInCode("Report/report.css")], swiftSettings: strict),
    .target(
      name: "ProfileBench", dependencies: ["Foundations", "Statistics", "LlamaCore", "Profiler"], swiftSettings: strict),
    .executableTarget(
      name: "fp-cli",
      dependencies: [
        "Foundations", "Statistics", "LlamaCore", "Profiler", "CorpusBuilder", "ProfileStore", "ProfileReport",
        "ProfileBench", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "LlamaCoreTests", dependencies: ["Foundations", "LlamaCore", "Profiler", "ProfileBench", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ProfilerTests",
      dependencies: [
        "Foundations", "Statistics", "LlamaCore", "Profiler", "CorpusBuilder", "ProfileStore", "ProfileReport",
        "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "fp-cli", "Foundations", "LlamaCore", "Profiler", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    // What several test targets share.
    .target(
      name: "TestSupport", dependencies: ["Foundations", "LlamaCore", "Profiler", "ProfileStore"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Foundations", "LlamaCore", "Profiler", "CorpusBuilder", "ProfileStore", "ProfileReport", "TestSupport",
      ],
      path: "Tests/FuzzTargets", swiftSettings: strict),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "LlamaCore", "TestSupport"], swiftSettings: strict),
  ]
)

// `make fuzz`: the same parsers, instrumented, under libFuzzer, which brings `main`. Nobody else sees these flags.
if Context.environment["FP_FUZZ"] == "1" {
  let fuzzer: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]
  for target in package.targets where target.type == .regular {
    target.swiftSettings = (target.swiftSettings ?? []) + fuzzer
  }
  package.targets.append(
    .executableTarget(
      name: "lib-fuzzer", dependencies: ["FuzzTargets"], path: "Tests/LibFuzzer", swiftSettings: strict + fuzzer,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
}
