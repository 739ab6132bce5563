# What `cmake --install` lays down, and where. Four components: library, development, programs,
# documentation.
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/payscore)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS payscore_shared EXPORT payscore-shared
    LIBRARY COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS payscore_static EXPORT payscore-static ARCHIVE COMPONENT development)
install(DIRECTORY include/payscore DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
    FILES_MATCHING PATTERN "*.h")

# For find_package(): the two libraries are one target, of which a reader takes one.
foreach(kind shared static)
    install(EXPORT payscore-${kind} NAMESPACE payscore:: DESTINATION ${package_dir}
        COMPONENT development)
endforeach()
configure_package_config_file(cmake/payscoreConfig.cmake.in
    ${CMAKE_CURRENT_BINARY_DIR}/payscoreConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/payscoreConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/payscoreConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/payscoreConfigVersion.cmake
    DESTINATION ${package_dir} COMPONENT development)

# For pkg-config: a prefix that is found from the file's own place stays right when it is moved.
file(RELATIVE_PATH prefix_from_pc /prefix/${pkgconfig_dir} /prefix)
string(REGEX REPLACE "/$" "" prefix_from_pc ${prefix_from_pc})
configure_file(cmake/payscore.pc.in ${CMAKE_CURRENT_BINARY_DIR}/payscore.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/payscore.pc
    DESTINATION ${pkgconfig_dir} COMPONENT development)

install(FILES LICENSE README.md README.zh-CN.md CHANGELOG.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation
    PATTERN ".*" EXCLUDE)
if(PAYSCORE_PROGRAMS)
    install(TARGETS payscore-worker payscorectl payscore-sandbox payscore-charts
        RUNTIME COMPONENT programs)
    install(FILES worker/payscore.conf
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT documentation)
endif()
