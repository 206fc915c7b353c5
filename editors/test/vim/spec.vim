" Vim with ALE against the real server: vim -u spec.vim -N -es
" Environment: DHI_LS, DHI_WS, DHI_OUT (the results), DHI_VIM (editors/vim).
set nocompatible noswapfile hidden
let &runtimepath = $DHI_VIM . ',/usr/share/vim-ale,' . &runtimepath
let g:ale_linters = {'yaml': ['dhi']}
let g:ale_linters_explicit = 1
let g:ale_completion_enabled = 1
let g:ale_yaml_dhi_executable = $DHI_LS
filetype plugin on
runtime! plugin/ale.vim

" ALE completes in insert mode only, which a Vim without a terminal is never in.
call ale#util#Mode()
function! ale#util#Mode(...) abort
  return 'i'
endfunction

let s:lines = []

function! s:Result(name, ok, ...) abort
  call add(s:lines, (a:ok ? 'ok' : 'not ok') . ' vim: ' . a:name . (a:ok || a:0 == 0 ? '' : ': ' . string(a:1)))
  call writefile(s:lines, $DHI_OUT)
endfunction

function! s:Eventually(Fn) abort
  for l:i in range(300)
    if a:Fn()
      return 1
    endif
    sleep 50m
  endfor
  return 0
endfunction

function! s:Codes() abort
  return map(copy(ale#engine#GetLoclist(bufnr(''))), {_, v -> get(v, 'code', '')})
endfunction

function! s:Run() abort
  execute 'edit' $DHI_WS . '/plain.yaml'
  call ale#Queue(0)
  sleep 700m
  call s:Result('plain YAML has no findings', empty(s:Codes()), s:Codes())

  execute 'edit' $DHI_WS . '/image/harbor/broken.yaml'
  call ale#Queue(0)
  call s:Result('diagnostics', s:Eventually({-> index(s:Codes(), 'unknown-field') >= 0}), s:Codes())

  call search('variant: r', 'e')
  let l:labels = []
  call ale#completion#GetCompletions('ale-callback', {'callback': {items -> extend(l:labels, map(copy(items), {_, v -> v.word}))}})
  call s:Result('completion', s:Eventually({-> !empty(filter(copy(l:labels), {_, v -> v =~# 'runtime'}))}), l:labels)

  call cursor(search('- 1.40'), 6)
  call ale#codefix#Execute(0, {data, items -> s:Choose(data, items)})
  call s:Result('a code action', s:Eventually({-> search('- "1.40"', 'nw') > 0}), getline('.'))
endfunction

" Takes the action that quotes the value.
function! s:Choose(data, items) abort
  for [l:kind, l:item] in a:items
    if get(l:item, 'title', '') =~# 'Quote'
      call ale#codefix#ApplyLSPCodeAction(a:data, l:item)
      return
    endif
  endfor
endfunction

try
  call s:Run()
catch
  call s:Result('no error', 0, v:exception . ' ' . v:throwpoint)
endtry
call s:Result('done', 1)
qall!
