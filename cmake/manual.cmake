# The manual pages, made of the headers and of the rows that the programs are made of.
find_package(Python3 COMPONENTS Interpreter)
set(manual_dir ${PROJECT_BINARY_DIR}/man)
if(NOT Python3_FOUND)
    message(STATUS "No Python 3: the manual pages are not made")
    return()
endif()
file(GLOB_RECURSE manual_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/lib/manual/*
    ${PROJECT_SOURCE_DIR}/include/payscore/*.h ${PROJECT_SOURCE_DIR}/examples/*.c)
set(manual_made ${manual_dir}/made)
add_custom_command(OUTPUT ${manual_made}
    COMMAND ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/tools/lib/manual
        --version ${PROJECT_VERSION} ${manual_dir}
    COMMAND ${CMAKE_COMMAND} -E touch ${manual_made}
    DEPENDS ${manual_sources} ${PROJECT_SOURCE_DIR}/tools/ctl/verbs.def
        ${PROJECT_SOURCE_DIR}/tools/ctl/options.def
        ${PROJECT_SOURCE_DIR}/statecharts/commands.def
        ${PROJECT_SOURCE_DIR}/worker/config.def ${PROJECT_SOURCE_DIR}/worker/options.c
        ${PROJECT_SOURCE_DIR}/tools/sandbox/options.c ${PROJECT_SOURCE_DIR}/tools/sandbox/traits.def
        ${PROJECT_SOURCE_DIR}/tools/sandbox/faults.def
    COMMENT "Making the manual pages" VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual_made})

# Each group of pages goes with what it is about.
install(DIRECTORY ${manual_dir}/man3 ${manual_dir}/man7
    DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/statecharts/generated/payscore-charts.7
    DESTINATION ${CMAKE_INSTALL_MANDIR}/man7 COMPONENT documentation)
if(PAYSCORE_PROGRAMS)
    install(DIRECTORY ${manual_dir}/man1 ${manual_dir}/man5 ${manual_dir}/man8
        DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT programs)
endif()
