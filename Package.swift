// swift-tools-version: 6.1
import Foundation
import PackageDescription

// The GIMPs whose headers are here: a plug-in is built for each.
let hasGIMP2 = isInstalled("gimp-2.0")
let hasGIMP3 = isInstalled("gimp-3.0")

/// Whether pkg-config knows a library.
func isInstalled(_ library: String) -> Bool {
    let query = Process()
    query.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    query.arguments = ["pkg-config", "--exists", library]
    query.standardError = FileHandle.nullDevice
    guard (try? query.run()) != nil else { return false }
    query.waitUntilExit()
    return query.terminationStatus == 0
}

// What outlives a slip in C: canaries behind arrays, checked lengths in the C library's copies, no stack over another's pages.
let hardened = ["-fstack-protector-strong", "-fstack-clash-protection", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"]
// Kernels are arithmetic: a debug build without optimisation would be a hundred times slower and prove nothing more.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-fvisibility=hidden", "-Wall", "-Wextra"] + hardened)]
let cSettings: [CSetting] = [.unsafeFlags(["-O2", "-fvisibility=hidden", "-Wall", "-Wextra"] + hardened)]
// Of another's templates are no warnings of ours.
let cxxSettings: [CXXSetting] = [.unsafeFlags(["-O2", "-fvisibility=hidden", "-Wall", "-Wextra"] + hardened)]
// Every symbol is bound at the start, and the table of them read-only from then on.
let bound: [String] = ["-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now"]

// The plug-in for each GIMP, and what both share: GEGL's buffers.
var gimpTargets: [Target] = []
if hasGIMP2 || hasGIMP3 {
    gimpTargets += [
        .systemLibrary(name: "CGEGL", path: "CInterop/GEGL", pkgConfig: "gegl-0.4", providers: [.apt(["libgegl-dev"])]),
        .target(
            name: "CBuffers", dependencies: ["CDialog", "CDragon", "CGEGL"], path: "Plugin/gegl", publicHeadersPath: ".",
            cSettings: cSettings),
    ]
}
if hasGIMP2 {
    gimpTargets += [
        .systemLibrary(name: "CGIMP2", path: "CInterop/GIMP2", pkgConfig: "gimp-2.0", providers: [.apt(["libgimp2.0-dev"])]),
        .executableTarget(
            name: "dragon-gimp", dependencies: ["CBuffers", "CDialog", "CDragon", "DragonEngine", "CGIMP2"], path: "Plugin/gimp2",
            cSettings: cSettings + [.headerSearchPath("../dialog")], linkerSettings: [.unsafeFlags(bound)]),
    ]
}
if hasGIMP3 {
    gimpTargets += [
        .systemLibrary(name: "CGIMP3", path: "CInterop/GIMP3", pkgConfig: "gimp-3.0", providers: [.apt(["libgimp-3.0-dev"])]),
        .executableTarget(
            name: "dragon-gimp3", dependencies: ["CBuffers", "CDialog", "CDragon", "DragonEngine", "CGIMP3"], path: "Plugin/gimp3",
            cSettings: cSettings + [.headerSearchPath("../dialog")], linkerSettings: [.unsafeFlags(bound)]),
    ]
}

let package = Package(
    name: "dragon",
    products: [
        .executable(name: "dragon", targets: ["dragon"]),
        .library(name: "dragonengine", type: .dynamic, targets: ["CDragonLibrary"]),
        .executable(name: "dragon-dialog", targets: ["dragon-dialog"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        // C: kernels, the loader of OpenBLAS, picture codecs.
        .target(name: "CKernels", path: "CInterop/Kernels", cSettings: kernelSettings),
        .target(name: "CGraphCut", path: "CInterop/GraphCut", cxxSettings: cxxSettings),
        .target(name: "COpenBLAS", path: "CInterop/OpenBLAS", cSettings: cSettings, linkerSettings: [.linkedLibrary("dl")]),
        .systemLibrary(name: "CPNG", path: "CInterop/PNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", path: "CInterop/JPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(name: "CWebP", path: "CInterop/WebP", pkgConfig: "libwebpmux", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CLCMS", path: "CInterop/LCMS", pkgConfig: "lcms2", providers: [.apt(["liblcms2-dev"])]),
        .systemLibrary(name: "CCurl", path: "CInterop/Curl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CFetch", dependencies: ["CCurl"], path: "CInterop/Fetch", cSettings: cSettings),
        .systemLibrary(name: "CGTK", path: "CInterop/GTK", pkgConfig: "gtk+-3.0", providers: [.apt(["libgtk-3-dev"])]),
        .target(name: "CDragon", path: "CInterop/Dragon", cSettings: cSettings),
        // Newer pkg-configs name of WebP what muxes alone.
        .target(
            name: "CPictures", dependencies: ["CPNG", "CJPEG", "CLCMS", "CWebP"], path: "CInterop/Pictures", cSettings: cSettings,
            linkerSettings: [.linkedLibrary("webp")]),

        // Swift, each layer on the ones before it. All of those are named, not the nearest alone: a module whose types changed their
        // layout, below one that stayed as it was, would else not be compiled into what stands above.
        .target(name: "DragonTensor", dependencies: ["CKernels", "COpenBLAS"]),
        .target(name: "DragonModel", dependencies: ["DragonTensor"]),
        .target(name: "DragonImage"),
        .target(name: "DragonSelect", dependencies: ["CGraphCut", "DragonImage"]),
        .target(name: "DragonEdit", dependencies: ["DragonImage", "DragonModel", "DragonTensor"]),
        .target(name: "DragonPhoto", dependencies: ["DragonEdit", "DragonImage", "DragonModel", "DragonSelect", "DragonTensor"]),
        .target(name: "DragonStore", dependencies: ["CFetch", "DragonModel", "DragonTensor"]),
        .target(
            name: "DragonEngine",
            dependencies: [
                "CDragon", "DragonEdit", "DragonImage", "DragonModel", "DragonPhoto", "DragonSelect", "DragonStore", "DragonTensor",
            ]),
        // The shared library: what the header names, and nothing else, is seen from outside.
        .target(
            name: "CDragonLibrary", dependencies: ["DragonEngine"], path: "CInterop/Library", exclude: ["exports.map"],
            linkerSettings: [
                .unsafeFlags(
                    bound + [
                        "-Xlinker", "--version-script=\(Context.packageDirectory)/CInterop/Library/exports.map", "-Xlinker",
                        "-soname=libdragonengine.so.1",
                    ])
            ]),
        .executableTarget(
            name: "dragon",
            dependencies: [
                "DragonEdit", "DragonImage", "DragonModel", "DragonPhoto", "DragonSelect", "DragonStore", "DragonTensor", "CLCMS",
                "CPictures",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], linkerSettings: [.unsafeFlags(bound)]),
        // The plug-in: C on the engine's header, with the engine linked in. Core and dialog ask a host for pictures; an adapter for each
        // program that is one stands beside them.
        .target(
            name: "CDialog", dependencies: ["CDragon", "CGTK"], path: "Plugin", sources: ["core", "dialog"], publicHeadersPath: "core",
            cSettings: cSettings + [.headerSearchPath("dialog")]),
        // The dialog on picture files, for tests and for looking at it. Built, not installed.
        .executableTarget(
            name: "dragon-dialog", dependencies: ["CDialog", "CDragon", "DragonEngine", "CGTK"], path: "Plugin/file",
            cSettings: cSettings + [.headerSearchPath("../dialog")], linkerSettings: [.unsafeFlags(bound)]),

        // What several tests share: random numbers, where the fixtures lie.
        .target(name: "TestSupport", path: "Tests/Support"),
        // DragonModel reads the recorded gradients.
        .testTarget(
            name: "DragonTensorTests", dependencies: ["CKernels", "DragonTensor", "DragonModel", "TestSupport"],
            path: "Tests/DragonTensorTests"),
        .testTarget(
            name: "DragonModelTests", dependencies: ["DragonModel", "DragonTensor", "TestSupport"], path: "Tests/DragonModelTests"),
        .testTarget(name: "DragonImageTests", dependencies: ["DragonImage", "DragonModel"], path: "Tests/DragonImageTests"),
        .testTarget(
            name: "DragonSelectTests", dependencies: ["CGraphCut", "DragonImage", "DragonSelect", "TestSupport"],
            path: "Tests/DragonSelectTests"),
        .testTarget(
            name: "DragonEditTests", dependencies: ["DragonEdit", "DragonImage", "DragonModel", "DragonTensor", "TestSupport"],
            path: "Tests/DragonEditTests"),
        .testTarget(
            name: "DragonPhotoTests",
            dependencies: ["DragonEdit", "DragonImage", "DragonModel", "DragonPhoto", "DragonSelect", "DragonTensor", "TestSupport"],
            path: "Tests/DragonPhotoTests"),
        .testTarget(
            name: "DragonStoreTests", dependencies: ["CFetch", "DragonModel", "DragonStore", "DragonTensor", "TestSupport"],
            path: "Tests/DragonStoreTests",
            exclude: ["server.py"]),
        .testTarget(name: "DragonEngineTests", dependencies: ["CDragon", "DragonEngine"], path: "Tests/DragonEngineTests"),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "CDragon", "dragon", "DragonEdit", "DragonEngine", "DragonImage", "DragonModel", "DragonStore", "DragonTensor",
                "TestSupport",
            ],
            path: "Tests/CommandLineTests"),
    ] + gimpTargets,
    swiftLanguageModes: [.v6], cxxLanguageStandard: .cxx17
)
