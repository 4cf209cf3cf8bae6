// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that whoever imports the library does not resolve what only measuring needs.
let package = Package(
  name: "forward-pass-profiler-benchmarks",
  platforms: [.macOS("26.0")],
  dependencies: [
    .package(name: "forward-pass-profiler", path: ".."),
    // Without its traits: they preload two more packages to count allocations and retains, and time is what counts here.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
  ],
  targets: [
    // The plugin runs the executables whose folders lie in a folder named `Benchmarks`.
    .executableTarget(
      name: "LlamaBenchmarks",
      dependencies: [
        .product(name: "LlamaCore", package: "forward-pass-profiler"),
        .product(name: "Profiler", package: "forward-pass-profiler"),
        .product(name: "ProfileBench", package: "forward-pass-profiler"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "LlamaBenchmarks",
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
      ],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    )
  ]
)
