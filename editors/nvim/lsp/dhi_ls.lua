---@brief
---
--- https://github.com/dhi-ls/dhi-ls
---
--- Language server for Docker Hardened Image definitions: YAML files whose
--- first line is `# syntax=dhi.io/build:...`. It attaches to those, and leaves
--- other YAML alone.
---
--- Builds, and fetching package indexes, need your word that what you open is
--- trusted:
---
--- ```lua
--- vim.lsp.config('dhi_ls', { init_options = { trusted = true } })
--- ```

-- This file stands alone, so that it can be copied into a configuration.
local function concerns_server(bufnr)
  local line = (vim.api.nvim_buf_get_lines(bufnr, 0, 1, false)[1] or ''):lower()
  local ref = line:match('#[ \t]*syntax[ \t]*=[ \t]*(%S+)%s*$')
  if ref and ('/' .. ref):match('[^%w_.-]build[:@]') then
    return true
  end
  local name = vim.fs.normalize(vim.api.nvim_buf_get_name(bufnr))
  if name:match('/%.dhi%-ls%.yaml$') then
    return true
  end
  local folder = name:match('^(.*/)info%.yaml$') or ''
  return folder:match('/image/') ~= nil or folder:match('/chart/') ~= nil or folder:match('/package/') ~= nil
end

---@type vim.lsp.Config
return {
  cmd = { 'dhi-ls', 'serve' },
  filetypes = { 'yaml.dhi', 'yaml' },
  root_dir = function(bufnr, on_dir)
    if concerns_server(bufnr) then
      on_dir(vim.fs.root(bufnr, { '.dhi-ls.yaml', '.git' }) or vim.fs.dirname(vim.api.nvim_buf_get_name(bufnr)))
    end
  end,
  get_language_id = function()
    return 'yaml'
  end,
  settings = { ['dhi-ls'] = vim.empty_dict() },
}
