# `uninstall` takes away what this build has installed: the files that its manifests name, and those
# folders that were not there before. This file is read before any other install() is called, so
# that what it looks at is still as it was.
set(folders_script ${CMAKE_CURRENT_LIST_DIR}/new_folders.cmake)
install(CODE "set(payscore_folders
    \"${CMAKE_INSTALL_BINDIR};${CMAKE_INSTALL_LIBDIR}/pkgconfig;${CMAKE_INSTALL_LIBDIR}/cmake/payscore;${CMAKE_INSTALL_INCLUDEDIR}/payscore;${CMAKE_INSTALL_DOCDIR}/examples;${CMAKE_INSTALL_MANDIR}/man1;${CMAKE_INSTALL_MANDIR}/man3;${CMAKE_INSTALL_MANDIR}/man5;${CMAKE_INSTALL_MANDIR}/man7;${CMAKE_INSTALL_MANDIR}/man8\")
set(payscore_list \"${CMAKE_BINARY_DIR}/install_folders.txt\")
include(\"${folders_script}\")" ALL_COMPONENTS)
if(NOT TARGET uninstall)
    add_custom_target(uninstall VERBATIM
        COMMAND ${CMAKE_COMMAND} -D BUILD=${CMAKE_BINARY_DIR}
            -P ${CMAKE_CURRENT_LIST_DIR}/remove_installed.cmake)
endif()
