" ALE: the language server of Docker Hardened Image definitions.

call ale#Set('yaml_dhi_executable', 'dhi-ls')
call ale#Set('yaml_dhi_trusted', 0)

function! ale_linters#yaml#dhi#Root(buffer) abort
    let l:line = get(getbufline(a:buffer, 1), 0, '')

    " An empty root keeps ALE from starting the server.
    if l:line !~? '^\%ufeff\?#\s*syntax\s*=\s*\%(\S*/\)\?build[:@]\S\+\s*$'
        return ''
    endif

    for l:name in ['.dhi-ls.yaml', '.git']
        let l:path = ale#path#FindNearestFile(a:buffer, l:name)

        if empty(l:path)
            let l:path = ale#path#FindNearestDirectory(a:buffer, l:name)
        endif

        if !empty(l:path)
            return fnamemodify(substitute(l:path, '[\\/]$', '', ''), ':h')
        endif
    endfor

    return fnamemodify(bufname(a:buffer), ':p:h')
endfunction

call ale#linter#Define('yaml', {
\   'name': 'dhi',
\   'lsp': 'stdio',
\   'executable': {b -> ale#Var(b, 'yaml_dhi_executable')},
\   'command': '%e serve',
\   'language': 'yaml',
\   'project_root': function('ale_linters#yaml#dhi#Root'),
\   'initialization_options': {b -> {'trusted': ale#Var(b, 'yaml_dhi_trusted') ? v:true : v:false}},
\})
